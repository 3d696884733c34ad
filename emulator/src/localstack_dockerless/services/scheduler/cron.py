"""AWS's cron expressions: six fields, `?`, `L`, `W`, `#`, and weekdays counted from Sunday, which is 1.

Rules: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
WEEKDAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
FIRST_YEAR, LAST_YEAR = 1970, 2199
HORIZON = 366 * 28  # days: a leap day on a given weekday comes back within 28 years


@dataclass(frozen=True)
class Cron:
    """A parsed expression; the days are kept as text for what depends on the month."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    month_day: str
    months: tuple[int, ...]
    week_day: str
    years: tuple[int, ...]

    def after(self, moment: datetime) -> datetime | None:
        """The first time after a moment; both without a time zone."""
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for day in self._days(moment.date()):
            earliest = moment.time() if day == moment.date() else datetime.min.time()
            for hour in self.hours:
                for minute in self.minutes:
                    if (hour, minute) >= (earliest.hour, earliest.minute):
                        return datetime(day.year, day.month, day.day, hour, minute)
        return None

    def _days(self, day: date) -> Iterator[date]:
        """Those that match, from a day on."""
        first = next((year for year in self.years if year >= day.year), None)
        if first is None:
            return
        day = max(day, date(first, 1, 1))
        for _ in range(HORIZON):
            if day.year > self.years[-1]:
                return
            if day.year in self.years and day.month in self.months and self._has(day):
                yield day
            day += timedelta(days=1)

    def _has(self, day: date) -> bool:
        if self.week_day == "?":
            return any(_month_day(part, day) for part in self.month_day.split(","))
        return any(_week_day(part, day) for part in self.week_day.split(","))


def parse(fields: str) -> Cron:
    """Parse what is between the parentheses.

    Raises:
        ValueError: it is none.
    """
    minutes, hours, month_day, months, week_day, years = fields.upper().split()
    if (month_day == "?") == (week_day == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week is ?")
    if "#" in week_day and "," in week_day:
        raise ValueError("an expression with # stands alone")
    cron = Cron(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        month_day,
        _numbers(months, 1, 12, MONTHS),
        week_day,
        _numbers(years, FIRST_YEAR, LAST_YEAR),
    )
    for field, test in ((month_day, _month_day), (week_day, _week_day)):
        for part in [] if field == "?" else field.split(","):
            test(part, date(2000, 1, 31))  # what is no day fails here, in a month's last week
    return cron


def _numbers(field: str, lowest: int, highest: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    """`*`, `5`, `1-5`, `*/15`, `10/5`, `1-30/5`, and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin = lowest if span == "*" else _number(first, names)
        end = _number(last, names) if dash else highest if slash or span == "*" else begin
        every = _number(step) if slash else 1
        if not lowest <= begin <= end <= highest or every < 1:
            raise ValueError(f"{part} is not within {lowest} and {highest}")
        found.update(range(begin, end + 1, every))
    return tuple(sorted(found))


def _number(text: str, names: dict[str, int] | None = None) -> int:
    if names and text in names:
        return names[text]
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"{text} is no number")
    return int(text)


def _month_day(part: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return day.day == last
    if part == "LW":
        return day.day == _nearest_weekday(day, last)
    if nearest := re.fullmatch(r"([0-9]{1,2})W", part):
        (wanted,) = _numbers(nearest[1], 1, 31)
        return day.day == _nearest_weekday(day, min(wanted, last))
    return day.day in _numbers(part, 1, 31)


def _nearest_weekday(day: date, wanted: int) -> int:
    """The weekday nearest to a day, in the same month."""
    weekday = day.replace(day=wanted).weekday()
    last = calendar.monthrange(day.year, day.month)[1]
    if weekday == calendar.SATURDAY:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == calendar.SUNDAY:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _week_day(part: str, day: date) -> bool:
    today = day.isoweekday() % 7 + 1
    if part == "L":
        return today == WEEKDAYS["SAT"]
    if last := re.fullmatch(r"(\w+)L", part):
        in_last_week = day.day + 7 > calendar.monthrange(day.year, day.month)[1]
        return in_last_week and today in _numbers(last[1], 1, 7, WEEKDAYS)
    if nth := re.fullmatch(r"(\w+)#([1-5])", part):
        return today in _numbers(nth[1], 1, 7, WEEKDAYS) and (day.day - 1) // 7 + 1 == int(nth[2])
    return today in _numbers(part, 1, 7, WEEKDAYS)
