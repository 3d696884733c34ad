"""LocalStack's CloudWatch, corrected."""

from __future__ import annotations

from typing import Any

from localstack.services.cloudwatch import alarm_scheduler
from localstack.utils.patch import Patch, Patches
from localstack.utils.scheduler import ScheduledTask, Scheduler

from localstack_dockerless.observability import actions, expressions, metrics, percentiles

EVALUATION_INTERVAL = 10.0
"""Seconds between two looks at an alarm, at full time; Lambda's metrics are there at once, so nothing is gained by waiting longer."""
SHORTEST_INTERVAL = 0.5
"""What it is at least, however much the waits are shortened."""

_patches = Patches()


def apply(time_scale: float = 1.0) -> None:
    """Correct it, once.

    Args:
        time_scale: Factor for the time between two looks at an alarm.
    """
    if _patches.patches:
        return
    _Often.interval = max(EVALUATION_INTERVAL * time_scale, SHORTEST_INTERVAL)
    metrics.match_dimensions_exactly()
    percentiles.add_to(_patches)
    expressions.add_to(_patches)
    actions.add_to(_patches)
    _patches.add(Patch(alarm_scheduler, "Scheduler", _Often))
    _patches.apply()


class _Often(Scheduler):
    """Looks at every alarm soon.

    LocalStack looks once in all evaluation periods together, so an alarm over three periods of five minutes would
    change every quarter of an hour. AWS looks every minute, or every 10 seconds for short periods.
    """

    interval = EVALUATION_INTERVAL

    def schedule(self, *args: Any, **options: Any) -> ScheduledTask:
        """As the scheduler's own, with a shorter period."""
        return super().schedule(*args, **{**options, "period": self.interval})
