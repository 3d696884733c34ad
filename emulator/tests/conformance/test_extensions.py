"""Extensions

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
import re

import pytest
from spies import SHELL, SPY, logged, said

EXTENSIONS = "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html"
ENVIRONMENT = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"
LAYERS = "https://docs.aws.amazon.com/lambda/latest/dg/extensions-configuration.html"


def figure(report, name):
    return float(re.search(rf"\t{name}: ([\d.]+) ms", report)[1])


@pytest.mark.rule(LAYERS)
def test_each_program_in_opt_extensions_is_started_before_the_runtime(extended):
    lines = extended({"spy.py": SPY, "shell.sh": SHELL}).invoke().lines
    assert said(lines, "spy.py", "INVOKE")
    assert any(line.startswith("[shell.sh] {") for line in lines)
    assert [line for line in lines if line.startswith("EXTENSION")] == [
        "EXTENSION\tName: shell.sh\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        "EXTENSION\tName: spy.py\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
    ]


@pytest.mark.rule(EXTENSIONS)
def test_an_extension_is_told_what_it_extends_when_it_registers(extended):
    function = extended({"spy.py": SPY})
    line = next(line for line in function.invoke().lines if "registered" in line)
    assert json.loads(re.search(r"{.*}", line)[0]) == {
        "functionName": function.name,
        "functionVersion": "$LATEST",
        "handler": "extended.handler",
        "accountId": "000000000000",
    }


@pytest.mark.rule(EXTENSIONS)
def test_extensions_do_not_see_the_variables_of_the_runtime(extended):
    assert any(
        "registered 200" in line and line.endswith("} no handler") for line in extended({"x": SPY}).invoke().lines
    )


@pytest.mark.rule(EXTENSIONS)
def test_the_invoke_event_has_deadline_request_arn_and_trace_but_not_the_payload(extended):
    function = extended({"spy.py": SPY}, Timeout=7)
    answer = function.invoke({"secret": "payload"})
    (event,) = said(answer.lines, "spy.py", "INVOKE")
    assert event.pop("deadlineMs") > 0
    assert event.pop("tracing")["type"] == "X-Amzn-Trace-Id"
    assert event == {
        "eventType": "INVOKE",
        "requestId": answer.report.split()[2],
        "invokedFunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{function.name}",
    }


@pytest.mark.rule(EXTENSIONS)
def test_an_extension_gets_only_the_events_it_registered_for(extended):
    lines = extended({"spy.py": SPY}, {"events": ["SHUTDOWN"]}).invoke().lines
    assert "EXTENSION\tName: spy.py\tState: Ready\tEvents: [SHUTDOWN]" in lines
    assert not said(lines, "spy.py", "INVOKE")


@pytest.mark.rule(EXTENSIONS)
def test_the_time_of_extensions_counts_as_the_functions(extended):
    slow = "#!/bin/sh\n" + SHELL.removeprefix("#!/bin/sh\n").replace('case "$event" in', 'sleep 0.3; case "$event" in')
    report = extended({"shell.sh": slow}).invoke().report
    assert figure(report, "Duration") >= 300
    assert figure(report, "Billed Duration") >= 300


@pytest.mark.rule(EXTENSIONS)
def test_the_timeout_covers_extensions_too(extended):
    function = extended({"spy.py": SPY}, {"invoke": "hang"}, Timeout=3)
    answer = function.invoke({"read": "/nowhere"})
    assert answer.value == "", "what the function returned counts"
    assert answer.report.endswith("Status: timeout")


@pytest.mark.rule(EXTENSIONS)
@pytest.mark.parametrize(
    ("event", "reason"), [({"sleep": 9}, "timeout"), ({"exit": 1}, "failure")], ids=["timeout", "failure"]
)
def test_after_a_failure_extensions_are_shut_down_with_the_reason(extended, server, event, reason):
    function = extended({"spy.py": SPY}, Timeout=3)
    first = function.invoke(event)
    assert first.error == "Unhandled"
    function.configure(Description="another")
    lines = logged(server, function, "SHUTDOWN {")
    assert [event["shutdownReason"] for event in said(lines, "spy.py", "SHUTDOWN")] == [reason]


@pytest.mark.rule(ENVIRONMENT)
def test_before_an_environment_goes_extensions_get_an_event(extended, server):
    function = extended({"spy.py": SPY})
    function.invoke()
    function.configure(Description="another")
    (event,) = said(logged(server, function, "SHUTDOWN {"), "spy.py", "SHUTDOWN")
    assert event["shutdownReason"] == "spindown"
    assert event["deadlineMs"] > 0


@pytest.mark.rule(ENVIRONMENT)
def test_without_extensions_there_is_no_time_for_a_shutdown(extended, server):
    function = extended()
    function.invoke({"print": "before"})
    function.configure(Description="another")
    function.invoke({"print": "after"})
    assert "the function got SIGTERM" not in logged(server, function, "after", reports=2)


@pytest.mark.rule(EXTENSIONS)
def test_an_internal_extension_gets_events(extended):
    function = extended(variables={"REGISTER": '["INVOKE"]', "TIMES": "1"})
    lines = function.invoke().lines
    assert "EXTENSION\tName: inside-0\tState: Ready\tEvents: [INVOKE]" in lines
    assert any(line.startswith('[inside] {"eventType": "INVOKE"') for line in lines)


@pytest.mark.rule(EXTENSIONS)
def test_an_internal_extension_cannot_register_for_shutdown(extended):
    ((status, _, body),) = extended(variables={"REGISTER": '["SHUTDOWN"]', "TIMES": "1"}).invoke().value
    assert (status, body["errorType"]) == (403, "Extension.InvalidEventType")


@pytest.mark.rule(EXTENSIONS)
def test_ten_extensions_can_register(extended):
    registered = extended(variables={"REGISTER": "[]", "TIMES": "11"}).invoke().value
    assert [status for status, _, _ in registered] == [200] * 10 + [403]
    assert registered[-1][2] == {
        "errorMessage": "Extension limit (10) reached",
        "errorType": "Extension.TooManyExtensions",
    }


@pytest.mark.rule(EXTENSIONS)
def test_nobody_registers_after_init(extended):
    status, _, body = extended().invoke({"late": True}).value
    assert (status, body["errorType"]) == (403, "Extension.RegistrationClosed")


@pytest.mark.rule(EXTENSIONS)
@pytest.mark.parametrize(
    ("how", "error_type", "words", "state"),
    [
        ("exit", "Extension.Crash", "exit status 3", "Started\tEvents: []"),
        ("error", "Extension.InitError", "exit code 0", "InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: Spy.Sad"),
    ],
)
def test_an_extension_that_fails_in_init_fails_the_function(extended, how, error_type, words, state):
    answer = extended({"spy.py": SPY}, {"begin": how}).invoke()
    assert answer.error == "Unhandled"
    request = answer.report.split()[2]
    assert answer.value == {"errorType": error_type, "errorMessage": f"RequestId: {request} Error: {words}"}
    assert answer.lines.count(f"EXTENSION\tName: spy.py\tState: {state}") == 2, "INIT is tried again"
    assert answer.report.endswith(f"Status: error\tError Type: {error_type}")


@pytest.mark.rule(EXTENSIONS)
@pytest.mark.parametrize(
    ("how", "error_type", "words"),
    [("exit", "Extension.Crash", "exit status 3"), ("error", "Extension.ExitError", "exit code 0")],
)
def test_an_extension_that_fails_in_an_invocation_fails_it(extended, how, error_type, words):
    answer = extended({"spy.py": SPY}, {"invoke": how}, Timeout=30).invoke({"sleep": 20})
    assert answer.value["errorType"] == error_type
    assert answer.value["errorMessage"].endswith(f" Error: {words}")


@pytest.mark.rule(EXTENSIONS)
def test_a_file_that_is_no_program_is_a_launch_error(extended):
    answer = extended({"words.txt": "just words"}).invoke()
    assert answer.value["errorType"] == "Extension.LaunchError"
    assert answer.value["errorMessage"].endswith("fork/exec /opt/extensions/words.txt: exec format error")
    assert "EXTENSION\tName: words.txt\tState: LaunchError\tEvents: []\tError Type: UnknownError" in answer.lines
