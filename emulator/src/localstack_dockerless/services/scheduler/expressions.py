"""When a schedule is due: at(), rate() and cron(), in the schedule's time zone.

Rules: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from localstack_dockerless.services.scheduler import cron

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\(([1-9]\d{0,9}) +(minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")


@dataclass(frozen=True)
class Expression:
    """A parsed expression: one of the three is set.

    Attributes:
        once: seconds since 1970.
        every: seconds.
        cron: in the time of the zone.
        zone: the time zone of `cron`.
    """

    once: float | None = None
    every: int | None = None
    cron: cron.Cron | None = None
    zone: tzinfo = UTC

    def after(self, moment: float, begin: float) -> float | None:
        """When it is due next.

        Args:
            moment: the last time it was due, in seconds since 1970; times up to it are past.
            begin: StartDate, or when the schedule was made: the first time of a rate.

        Returns:
            Seconds since 1970; None for never again.
        """
        if self.once is not None:
            return self.once if self.once > moment else None
        if self.every is not None:
            return begin if moment < begin else begin + ((moment - begin) // self.every + 1) * self.every
        return self._after_by_cron(max(moment, begin - 1))

    def _after_by_cron(self, moment: float) -> float | None:
        local = datetime.fromtimestamp(moment, self.zone).replace(tzinfo=None)
        while self.cron and (found := self.cron.after(local)):
            due = found.replace(tzinfo=self.zone).timestamp()
            exists = datetime.fromtimestamp(due, self.zone).replace(tzinfo=None) == found
            if exists and due > moment:  # not in the hour that a clock skips, nor twice in one it repeats
                return due
            local = found
        return None


def parse(text: str, zone: str | None = None) -> Expression:
    """Parse an expression.

    Raises:
        ValueError: it is none, or there is no such time zone.
    """
    try:
        place = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone {zone}") from error
    if at := _AT.fullmatch(text):
        return Expression(once=datetime.fromisoformat(at[1]).replace(tzinfo=place).timestamp())
    if rate := _RATE.fullmatch(text):
        return Expression(every=int(rate[1]) * SECONDS[rate[2]])
    if fields := _CRON.fullmatch(text):
        return Expression(cron=cron.parse(fields[1]), zone=place)
    raise ValueError(f"{text} is no schedule expression")


def iso(moment: float) -> str:
    """As the context attribute for the scheduled time shows it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
