from __future__ import annotations

import json
import signal

import pytest


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"how": "exit", "status": 3}, "Runtime exited with error: exit status 3"),
        ({"how": "exit", "status": 0}, "Runtime exited without providing a reason"),
        ({"how": "sys.exit", "status": 4}, "Runtime exited with error: exit status 4"),
        ({"how": "segfault"}, "Runtime exited with error: signal: segmentation fault"),
        ({"how": "signal", "number": signal.SIGKILL}, "Runtime exited with error: signal: killed"),
        ({"how": "signal", "number": signal.SIGABRT}, "Runtime exited with error: signal: aborted"),
    ],
)
def test_the_end_of_the_process_ends_the_invocation_at_once(deploy, event, reason):
    function = deploy("fails.py", Timeout=30)
    request = function.invoke().lines[-1].split()[2]
    answer = function.invoke(event)
    request = answer.report.split()[2]
    assert answer.value == {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request} Error: {reason}"}
    assert answer.error == "Unhandled"
    assert answer.report.endswith("Status: error\tError Type: Runtime.ExitError")
    assert answer.seconds < 20, "not after the timeout"


@pytest.mark.parametrize("event", [{"how": "exit", "status": 1}, {"how": "sleep", "seconds": 60}])
def test_after_a_failure_the_environment_starts_a_new_process(deploy, event):
    function = deploy("fails.py", Timeout=3)
    assert [function.invoke().value, function.invoke().value] == [1, 2]
    function.invoke(event)
    again = function.invoke()
    assert again.value == 1
    assert "Init Duration" not in again.report, "a suppressed init is part of the duration"


def test_a_timeout_is_worded_as_on_lambda_and_keeps_what_was_printed(deploy):
    answer = deploy("fails.py", Timeout=1).invoke({"how": "sleep", "seconds": 60})
    request = answer.report.split()[2]
    assert answer.value == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request} Error: Task timed out after 1.00 seconds",
    }
    assert "going to sleep" in answer.lines
    assert answer.report.endswith("\tStatus: timeout")
    assert answer.seconds < 30, "not after the handler's minute"


def test_too_much_memory_kills_the_process(deploy):
    answer = deploy("fails.py", Timeout=30, MemorySize=128).invoke({"how": "memory", "megabytes": 400})
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert answer.report.endswith(
        "Max Memory Used: 128 MB\tInit Duration: " + answer.report.split("Init Duration: ")[1]
    )
    assert answer.report.endswith("Error Type: Runtime.OutOfMemory")


def test_after_too_much_memory_the_new_process_is_measured_by_itself(deploy):
    function = deploy("fails.py", Timeout=30, MemorySize=128)
    assert "Max Memory Used: 128 MB" in function.invoke({"how": "memory", "megabytes": 400}).report
    small = function.invoke({"how": "memory", "megabytes": 1}).report
    assert int(small.partition("Max Memory Used: ")[2].split()[0]) < 100


def test_an_exception_carries_type_message_and_trace(deploy):
    answer = deploy("fails.py").invoke({"how": "raise"})
    assert (answer.error, answer.value["errorType"], answer.value["errorMessage"]) == (
        "Unhandled",
        "ValueError",
        "wrong: é",
    )
    assert 'fails.py", line' in answer.value["stackTrace"][0]
    assert any(line.startswith("[ERROR] ValueError: wrong: é") for line in answer.lines)
    assert "Status" not in answer.report


def test_an_exception_leaves_the_process_alone(deploy):
    function = deploy("fails.py")
    function.invoke({"how": "raise"})
    assert function.invoke().value == 2


def test_an_exception_ten_thousand_calls_deep_arrives(deploy):
    answer = deploy("fails.py", Timeout=20, MemorySize=1024).invoke({"how": "trace", "depth": 10_000})
    assert answer.value["errorType"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("raise", ("Runtime.Unknown", "cannot load")),
        ("exit", ("Runtime.ExitError", "Error: Runtime exited with error: exit status 7")),
        ("kill", ("Runtime.ExitError", "Error: Runtime exited without providing a reason")),
    ],
)
def test_a_failed_init_is_repeated_by_the_invocation_which_reports_it(deploy, how, expected):
    answer = deploy("init_fails.py", Environment={"Variables": {"HOW": how}}).invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorMessage"].endswith(expected[1])
    assert answer.lines.count(f"loading: {how}") == 2
    phases = [line.split("\t")[1] for line in answer.lines if line.startswith("INIT_REPORT")]
    assert phases == ["Phase: init", "Phase: invoke"]


def test_a_module_that_is_missing_is_an_import_error(deploy):
    answer = deploy(Handler="nowhere.handler").invoke()
    assert answer.value["errorType"] == "Runtime.ImportModuleError"
    assert "No module named 'nowhere'" in answer.value["errorMessage"]
    assert answer.report.endswith("Status: error\tError Type: Runtime.ImportModuleError")


def test_an_init_that_fails_once_is_made_up_for_by_the_invocation(deploy):
    answer = deploy("init_fails.py", Environment={"Variables": {"HOW": "once"}}).invoke()
    assert answer.value == "loaded"
    assert "Init Duration" not in answer.report


def test_init_longer_than_the_timeout_but_within_its_own_limit_is_fine(deploy):
    variables = {"HOW": "sleep", "SECONDS": "1.5"}
    answer = deploy("init_fails.py", Timeout=1, Environment={"Variables": variables}).invoke()
    assert answer.value == "loaded"


def test_last_words_without_a_line_end_are_logged(deploy):
    answer = deploy("fails.py").invoke({"how": "last words"})
    assert "no line end" in answer.lines


def test_one_functions_failures_leave_another_alone(deploy):
    bad, good = deploy("fails.py", Timeout=2), deploy()
    before = good.invoke().value["pid"]
    for how in ({"how": "exit", "status": 1}, {"how": "segfault"}, {"how": "sleep", "seconds": 9}):
        bad.invoke(how)
    assert good.invoke().value["pid"] == before


def test_errors_are_json_documents(deploy):
    assert json.loads(deploy("fails.py").invoke({"how": "exit", "status": 2}).body)
