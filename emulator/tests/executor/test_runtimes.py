from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from deployed import archive

STREAMS = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
id=$(curl -sS -D - -o /dev/null "$api/next" | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
printf '"streamed"' | curl -sS -o /dev/null -H 'Lambda-Runtime-Function-Response-Mode: streaming' -H 'Transfer-Encoding: chunked' --data-binary @- "$api/$id/response"
echo "leaving"
"""


@pytest.mark.parametrize("runtime", ["ruby3.3", "java21", "dotnet8"])
def test_a_runtime_that_is_not_served_fails_the_function_with_the_reason(deploy, runtime):
    configuration = deploy(Runtime=runtime, Handler="a.b").configuration()
    assert (configuration["State"], configuration["StateReasonCode"]) == ("Failed", "InvalidRuntime")
    assert runtime in configuration["StateReason"]


def test_a_function_that_failed_cannot_be_invoked(deploy):
    with pytest.raises(ClientError, match="currently in the following state: Failed"):
        deploy(Runtime="java21", Handler="a.b").invoke()


def test_a_bootstrap_may_stream_its_response_and_leave(deploy):
    function = deploy(code=archive({"bootstrap": STREAMS}), Runtime="provided.al2023", Handler="any")
    first, second = function.invoke(), function.invoke()
    assert (first.value, first.error, "leaving" in first.lines) == ("streamed", None, True)
    assert second.value == "streamed"


def test_a_missing_bootstrap_is_the_invocations_error(deploy):
    answer = deploy(code=archive({"other": ""}), Runtime="provided.al2023", Handler="any").invoke()
    assert answer.value["errorType"].startswith("Runtime.")
