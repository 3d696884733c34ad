"""Results, which may reach the caller while extensions still work on the invocation.

https://aws.amazon.com/blogs/compute/performance-and-functionality-improvements-for-aws-lambda-extensions/
"""

from __future__ import annotations

from collections.abc import Callable

from localstack.services.lambda_.invocation.lambda_models import InvocationResult

from localstack_dockerless.executor.result import Figures, Result


class Answer(InvocationResult):
    """What LocalStack gets; who reads a log that is not complete yet (`LogType: Tail`) waits for it.

    Args:
        request_id: Of the invocation.
        result: What it gave so far.
    """

    def __init__(self, request_id: str, result: Result) -> None:
        self.result = result
        super().__init__(request_id, result.body, result.is_error, logs=result.log)

    def __getattribute__(self, name: str) -> object:
        if name == "logs" and (rest := self.result.rest):
            return rest.wait().log
        return super().__getattribute__(name)


def when_over(answer: InvocationResult, call: Callable[[str, Figures | None], None]) -> None:
    """Calls something with the log and the figures once the invocation is over, which it mostly is already.

    There are no figures of an environment that was stopped meanwhile, or never began.
    """
    result = answer.result if isinstance(answer, Answer) else None
    if result and result.rest:
        result.rest.add_done_callback(lambda rest: call(rest.result().log, rest.result().figures))
    else:
        call(answer.logs or "", result.figures if result else None)
