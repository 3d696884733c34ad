"""InvokeWithResponseStream, which LocalStack's Lambda lacks.

https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from localstack.aws.api import ServiceException, handler
from localstack.aws.protocol.serializer import RestJSONResponseSerializer
from localstack.http import Response
from localstack.services.lambda_.provider import LambdaProvider

from localstack_dockerless.executor.streams import Stream

_ARGUMENTS = {
    "function_name": "FunctionName",
    "qualifier": "Qualifier",
    "invocation_type": "InvocationType",
    "log_type": "LogType",
    "client_context": "ClientContext",
    "payload": "Payload",
}
_ENCODER = RestJSONResponseSerializer()


def apply() -> None:
    """Give LocalStack's provider the operation, before it is made."""
    provider: Any = LambdaProvider
    provider.invoke_with_response_stream = invoke_with_response_stream


@handler("InvokeWithResponseStream", expand=False)
def invoke_with_response_stream(provider: Any, context: Any, request: Any) -> Response:
    """Invoke a function and send an event for each part of its response, and one at the end.

    LocalStack's Invoke does the work, with its rules and its errors.
    """
    arguments = {name: request.get(given) for name, given in _ARGUMENTS.items()}
    stream = Stream(lambda: provider.invoke(context, **arguments))
    stream.wait()
    if request.get("InvocationType") == "DryRun":
        return Response(status=204)
    response = Response(status=200, content_type="application/vnd.amazon.eventstream")
    response.headers.set("X-Amz-Executed-Version", stream.version)
    response.response = (_ENCODER._encode_event_payload(*event) for event in _events(stream))
    response.call_on_close(stream.close)
    return response


def _events(stream: Stream) -> Iterator[tuple[str, bytes]]:
    """The name of each event, and what it says."""
    try:
        for part in stream:
            yield "PayloadChunk", part
    except ServiceException as error:
        yield "InvokeComplete", json.dumps({"ErrorCode": error.code, "ErrorDetails": str(error)}).encode()
        return
    payload = _bytes(stream.result.get("Payload"))
    failed = "FunctionError" in stream.result
    if payload and not failed and not stream.begun:
        yield "PayloadChunk", payload
    complete = _error(payload) if failed else {}
    if "LogResult" in stream.result:
        complete["LogResult"] = stream.result["LogResult"]
    yield "InvokeComplete", json.dumps(complete).encode()


def _error(payload: bytes) -> dict[str, str]:
    """What the function ended in; its type is the code."""
    details = payload.decode("utf-8", "replace")
    try:
        code = json.loads(payload)["errorType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        code = "Unhandled"
    return {"ErrorCode": str(code), "ErrorDetails": details}


def _bytes(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else bytes(payload or b"")
