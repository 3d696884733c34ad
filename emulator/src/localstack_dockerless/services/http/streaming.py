"""Responses that function URLs in the mode RESPONSE_STREAM send while the function writes them.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from localstack.aws.api.lambda_ import TooManyRequestsException
from localstack.http import Response

from localstack_dockerless.executor.streams import Stream
from localstack_dockerless.services.http.functions import FunctionFailed, Throttled
from localstack_dockerless.services.http.responses import PRELUDE_END, Malformed, described, parsed

_WITH_PRELUDE = "application/vnd.awslambda.http-integration-response"
_PRELUDE_LIMIT = 1024 * 1024
"""Bytes of status and headers; AWS names no number, but allows no more headers than this anywhere."""


def respond(invoke: Callable[[], Any]) -> Response:
    """An HTTP response whose body arrives as the function writes it.

    Args:
        invoke: Invokes the function and returns LocalStack's InvocationResult.

    Raises:
        FunctionFailed: before it wrote anything.
        Throttled: see there.
        Malformed: what came first is not the status and the headers it was announced as.
    """
    stream = Stream(invoke)
    _await(stream)
    if not stream.begun:
        return _whole(stream.result)
    parts = _until_the_end(stream)
    if stream.content_type != _WITH_PRELUDE:
        response = Response(status=200, content_type=stream.content_type)
        response.response = parts
    else:
        prelude, first = _split(parts)
        response = head(prelude, _chain(first, parts))
    response.call_on_close(stream.close)
    return response


def _await(stream: Stream) -> None:
    try:
        stream.wait()
    except TooManyRequestsException as refused:
        raise Throttled from refused
    except Exception as refused:
        raise FunctionFailed from refused


def _whole(result: Any) -> Response:
    """From a function that does not stream: what it returned is the body, whatever it looks like."""
    if result.is_error:
        raise FunctionFailed
    return Response(result.payload, 200, content_type="application/json")


def head(prelude: bytes, body: Iterable[bytes]) -> Response:
    """A response of a status, headers and cookies in JSON, and a body.

    Args:
        prelude: the JSON.
        body: in parts.

    Raises:
        Malformed: see there.
    """
    value = parsed(prelude)
    if not isinstance(value, dict):
        raise Malformed
    response = described({"statusCode": 200, **value, "body": None}, "application/octet-stream")
    response.headers.remove("Content-Length")
    response.response = body
    return response


def _split(parts: Iterator[bytes]) -> tuple[bytes, bytes]:
    """The prelude, and what follows it in the same part."""
    read = b""
    for part in parts:
        read += part
        prelude, found, rest = read.partition(PRELUDE_END)
        if found:
            return prelude, rest
        if len(read) > _PRELUDE_LIMIT:
            break
    raise Malformed


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _until_the_end(stream: Stream) -> Iterator[bytes]:
    """Hang up on the client when the function fails: the status has been sent, and nothing else can tell."""
    try:
        yield from stream
    except Exception as error:
        raise ConnectionAbortedError from error
    if stream.result.is_error:
        raise ConnectionAbortedError
