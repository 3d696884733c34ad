"""How fast a function gets new environments: 1,000 in 10 seconds, refilled all the time and never saved up.

LocalStack 2026.3.0 starts as many as are asked for. An invocation that would need one more is throttled.
Rule: https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from localstack.aws.api.lambda_ import ThrottleReason, TooManyRequestsException
from localstack.services.lambda_.invocation.assignment import AssignmentService
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion
from localstack.utils.patch import patch

MOST: Final = 1_000
SECONDS: Final = 10


class Rate:
    """What is left of the scaling rate of each function.

    Args:
        clock: seconds, going up.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # by function's ARN: environments, and when it was so

    def take(self, function_arn: str) -> None:
        """Count one more environment.

        Raises:
            TooManyRequestsException: there is none left.
        """
        now = self._clock()
        with self._lock:
            left, since = self._left.get(function_arn, (float(MOST), now))
            left = min(float(MOST), left + (now - since) * MOST / SECONDS)
            if left < 1:
                raise TooManyRequestsException(
                    "Rate Exceeded.", Reason=ThrottleReason.ConcurrentInvocationLimitExceeded, Type="User"
                )
            self._left[function_arn] = left - 1, now

    def forget(self, account: str | None) -> None:
        """At a reset, of one account or of all."""
        with self._lock:
            self._left = {arn: left for arn, left in self._left.items() if account and arn.split(":")[4] != account}


RATE: Final = Rate()


def apply() -> None:
    """Put it in place; once in a server's life."""
    patch(AssignmentService.start_environment)(_start)


def _start(original: Any, service: AssignmentService, version_manager_id: str, version: FunctionVersion) -> Any:
    RATE.take(version.id.unqualified_arn())
    return original(service, version_manager_id, version)
