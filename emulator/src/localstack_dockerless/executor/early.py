"""Results that reach the caller while extensions still work on the invocation.

https://aws.amazon.com/blogs/compute/performance-and-functionality-improvements-for-aws-lambda-extensions/
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from localstack.services.lambda_.invocation.lambda_models import InvocationResult


class Result(InvocationResult):
    """A result whose log is not complete yet; who reads it (`LogType: Tail`) waits for it.

    Args:
        request_id: Of the invocation.
        payload: What the function returned.
        is_error: Whether it failed.
        rest: Gives the log.
    """

    def __init__(self, request_id: str, payload: bytes, is_error: bool, rest: Future[str]) -> None:
        self.rest = rest
        super().__init__(request_id, payload, is_error, logs=None)

    def __getattribute__(self, name: str) -> object:
        return self.rest.result() if name == "logs" else super().__getattribute__(name)


def when_over(result: InvocationResult, call: Callable[[str], None]) -> None:
    """Calls something with the log once the invocation is over, which it mostly is already."""
    if isinstance(result, Result):
        result.rest.add_done_callback(lambda rest: call(rest.result()))
    else:
        call(result.logs or "")
