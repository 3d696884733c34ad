from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from deployed import archive

SIZES = "import itertools\ncount = itertools.count(1)\ndef handler(event, context):\n    print('working')\n    return 'x' * event['size'] if 'size' in event else [next(count), len(event.get('text', ''))]\n"


@pytest.fixture
def sizes(deploy):
    return deploy(code=archive({"probe.py": SIZES}), Timeout=30)


def test_a_request_of_six_megabytes_arrives(sizes):
    room = 6_291_456 - len(json.dumps({"text": ""}))
    assert sizes.invoke({"text": "x" * room}).value[1] == room


@pytest.mark.parametrize(
    ("size", "invocation_type", "message"),
    [
        (6_291_457, "RequestResponse", "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
        (1_048_577, "Event", "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"),
    ],
)
def test_a_larger_request_is_refused(sizes, size, invocation_type, message):
    with pytest.raises(ClientError) as refused:
        sizes.client.invoke(
            FunctionName=sizes.name, InvocationType=invocation_type, Payload=b'"%b"' % (b"x" * (size - 2))
        )
    assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert refused.value.response["Error"]["Message"] == message
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_a_response_over_the_quota_is_an_error_and_the_runtime_survives(sizes):
    assert sizes.invoke().value[0] == 1
    answer = sizes.invoke({"size": 6_291_556})
    assert answer.value == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert (answer.error, "working" in answer.lines) == ("Unhandled", True)
    assert sizes.invoke().value[0] == 2


def test_a_response_of_the_quota_arrives(sizes):
    assert len(sizes.invoke({"size": 6_291_554}).body) == 6_291_556


@pytest.mark.parametrize("payload", [b"{", b"'single'", b"NaN", b"\xff"])
def test_what_is_not_json_reaches_no_function(sizes, payload):
    with pytest.raises(ClientError) as refused:
        sizes.client.invoke(FunctionName=sizes.name, Payload=payload)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestContentException"
    assert refused.value.response["Error"]["Message"].startswith("Could not parse request body into json: ")


@pytest.mark.parametrize("payload", [b"1", b"null", b'"text"', b"[1, 2]", '{"é": "ü"}'.encode()])
def test_every_kind_of_json_arrives_as_it_is(deploy, payload):
    echo = deploy(code=archive({"probe.py": "def handler(event, context):\n    return event\n"}))
    answer = echo.client.invoke(FunctionName=echo.name, Payload=payload)["Payload"].read()
    assert json.loads(answer) == json.loads(payload)
    assert answer.decode().isascii() is payload.isascii()
