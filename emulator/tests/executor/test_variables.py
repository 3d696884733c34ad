from __future__ import annotations

import re

import pytest
from deployed import archive, eventually

PRINT_ENVIRONMENT = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
    id=$(curl -sS -D - -o /tmp/event "$api/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
    env | sort > /tmp/environment
    curl -sS -o /dev/null -H 'Transfer-Encoding: chunked' --data-binary @/tmp/environment "$api/$id/response"
done
"""

CREDENTIALS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
EVERYWHERE = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LANG": "en_US.UTF-8",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "LOCALSTACK_HOSTNAME": "127.0.0.1",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "TZ": ":UTC",
    "_AWS_XRAY_DAEMON_PORT": "2000",
}


def of_function(function, environment):
    """What depends on the function and its environment."""
    host = environment["AWS_LAMBDA_RUNTIME_API"].partition(":")[0]
    return {
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_XRAY_DAEMON_ADDRESS": f"{host}:2000",
        "_AWS_XRAY_DAEMON_ADDRESS": host,
    }


def check(function, environment, expected, others):
    everything = EVERYWHERE | of_function(function, environment) | expected
    assert {name: environment.get(name) for name in everything} == everything
    known = {
        *everything,
        *CREDENTIALS,
        *others,
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ENDPOINT_URL",
    }
    assert set(environment) == known


def test_a_python_function_finds_these_variables_and_no_others(deploy):
    function = deploy(Environment={"Variables": {"TABLE": "orders"}})
    expected = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "PWD": "/var/task",
        "PYTHONPATH": "/var/runtime",
        "SHLVL": "0",
        "TABLE": "orders",
        "_HANDLER": "probe.handler",
    }
    # Python itself adds LC_CTYPE where the machine lacks the locale.
    environment = function.invoke().value["environment"]
    environment.pop("LC_CTYPE", None)
    check(function, environment, expected, {"_X_AMZN_TRACE_ID"})


def test_an_os_only_function_finds_fewer(deploy):
    function = deploy(code=archive({"bootstrap": PRINT_ENVIRONMENT}), Runtime="provided.al2023", Handler="any")
    text = function.invoke().body.decode()
    environment = dict(line.partition("=")[::2] for line in text.splitlines())
    # The shell that runs this bootstrap sets them.
    of_the_shell = {"PWD", "OLDPWD", "SHLVL", "_"}
    environment = {name: value for name, value in environment.items() if name not in of_the_shell}
    check(function, environment, {"_HANDLER": "any"}, set())


def test_the_functions_own_variables_win(deploy):
    environment = deploy(Environment={"Variables": {"TZ": "Europe/Rome", "LANG": "C"}}).invoke().value["environment"]
    assert (environment["TZ"], environment["LANG"]) == ("Europe/Rome", "C")


def test_the_stream_name_is_the_one_in_the_context(deploy):
    value = deploy().invoke().value
    name = value["environment"]["AWS_LAMBDA_LOG_STREAM_NAME"]
    assert name == value["context"]["stream"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", name)


@pytest.mark.parametrize("account", ["000000000000", "111122223333"])
def test_the_credentials_are_those_of_the_functions_account(server, account):
    from deployed import deployer

    code = "import boto3\ndef handler(e, c):\n    return boto3.client('sts').get_caller_identity()['Account']\n"
    made = []
    function = deployer(server.client("lambda", account), made)(code=archive({"probe.py": code}), Timeout=30)
    assert function.invoke().value == account
    function.client.delete_function(FunctionName=function.name)


def test_a_wrapper_script_starts_the_runtime_its_own_way(deploy):
    wrapper = '#!/bin/sh\nexport WRAPPED="$#"\nexec "$@"\n'
    probe = "import os\ndef handler(e, c):\n    return os.environ['WRAPPED']\n"
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"}
    function = deploy(code=archive({"wrapper": wrapper, "probe.py": probe}), Environment={"Variables": variables})
    assert int(function.invoke().value) >= 2


def test_a_wrapper_that_is_missing_is_exit_status_127(deploy):
    answer = deploy(Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/nothing"}}).invoke()
    assert answer.value["errorMessage"].endswith("Error: Runtime exited with error: exit status 127")
    assert "/opt/nothing: does not exist" in answer.lines


def test_an_update_of_variables_reaches_the_next_environment(deploy):
    function = deploy(Environment={"Variables": {"COLOUR": "red"}})
    function.invoke()
    function.configure(Environment={"Variables": {"COLOUR": "blue"}})
    assert eventually(lambda: function.invoke().value["environment"]["COLOUR"] == "blue")
