"""EventBridge Scheduler: moto keeps the schedules, and here they fire."""

from __future__ import annotations

from localstack.services.moto import MotoFallbackDispatcher
from localstack.services.plugins import Service
from localstack.services.scheduler.provider import SchedulerProvider

from localstack_dockerless.services.scheduler import rules
from localstack_dockerless.services.scheduler.engine import ENGINE


class Provider(SchedulerProvider):
    """LocalStack's, which ends the thread with the server."""

    def on_before_stop(self) -> None:
        """Called by LocalStack."""
        ENGINE.stop()

    def forget(self, account: str | None) -> None:
        """Called at a reset: drop the schedules of the account, or of all, and what is still to be tried again."""
        ENGINE.forget(account)


def schedules(time_scale: float) -> Service:
    """The service scheduler.

    Args:
        time_scale: factor for the waits between attempts.
    """
    rules.apply()
    ENGINE.scale = time_scale
    return Service.for_provider(Provider(), dispatch_table_factory=MotoFallbackDispatcher)
