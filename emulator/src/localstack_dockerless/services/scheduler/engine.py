"""The thread that fires schedules: it sleeps until the next one is due, and exists only while there are some.

Retries: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html; what ends in the dead-letter
queue: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from botocore.exceptions import ClientError
from moto.scheduler.models import Schedule, ScheduleGroup, scheduler_backends

from localstack_dockerless.services.scheduler.expressions import Expression, iso, parse
from localstack_dockerless.services.scheduler.targets import Invocation, send

LOG = logging.getLogger(__name__)
LONGEST_SLEEP = 3600.0  # seconds; clocks are set and laptops wake up
DAY, ATTEMPTS = 86400, 185  # the retry policy of a target that has none
LONGEST_WAIT = 600.0  # seconds between two attempts


@dataclass(frozen=True)
class Attempt:
    """An invocation that failed, when it is tried again and when it was first tried.

    Both on the clock of `time.monotonic`: a machine's time may be set, or jump when it wakes up, while one waits.
    """

    invocation: Invocation
    number: int
    at: float
    begun: float = field(default_factory=time.monotonic)


@dataclass
class Plan:
    """What is known of a schedule: parsed, with the next time it is due."""

    version: float
    expression: Expression
    due: float | None


class Engine:
    """Fires the schedules of all accounts."""

    def __init__(self) -> None:
        self.scale = 1.0
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None
        self.stopping = False
        self.plans: WeakKeyDictionary[Schedule, Plan] = WeakKeyDictionary()
        self.attempts: list[Attempt] = []
        self.running: list[Attempt] = []

    def wake(self) -> None:
        """A schedule was made or changed."""
        with self.changed:
            if self.thread is None and not self.stopping:
                self.thread = threading.Thread(target=self._run, name="dockerless-scheduler", daemon=True)
                self.thread.start()
            self.changed.notify_all()

    def stop(self) -> None:
        """With the server."""
        with self.changed:
            self.stopping = True
            self.changed.notify_all()

    def forget(self, account: str | None) -> None:
        """Drop the schedules and the retries of the account, or of all."""
        with self.changed:
            self.attempts, self.running = (
                [one for one in kept if account not in (None, one.invocation.account)]
                for kept in (self.attempts, self.running)
            )
            for owner in [account] if account else list(scheduler_backends):
                scheduler_backends.pop(owner, None)
            self.changed.notify_all()

    def _run(self) -> None:
        while True:
            with self.changed:
                due = [] if self.stopping else list(self._due(time.time()))
                if not due and self._rest():
                    self.thread = None
                    return
                self.running += due
            for attempt in due:
                self._begin(attempt)

    def _begin(self, attempt: Attempt) -> None:
        """Templated targets take what they get at once; other operations may take as long as a function does."""
        if attempt.invocation.is_templated:
            self._try(attempt)
        else:
            name = "dockerless-schedule"
            threading.Thread(target=self._try, args=(attempt,), name=name, daemon=True).start()

    def _rest(self) -> bool:
        """Sleep until something is due; true if nothing ever will be."""
        now = time.time()
        waits = [plan.due - now for plan in self.plans.values() if plan.due is not None]
        waits += [one.at - time.monotonic() for one in self.attempts]
        if self.stopping or not waits:
            return True
        self.changed.wait(min(LONGEST_SLEEP, max(0.0, min(waits))))
        return False

    def _due(self, now: float) -> Iterator[Attempt]:
        """What to invoke now, with the plans brought up to date."""
        seen = list(_schedules())
        for schedule in set(self.plans) - {schedule for *_, schedule in seen}:
            del self.plans[schedule]
        for account, region, group, schedule in seen:
            plan = self._plan(schedule, now)
            if plan.due is not None and plan.due <= now:
                if schedule.state == "ENABLED":
                    target = dict(schedule.target)
                    invocation = Invocation(account, region, schedule.arn, target, plan.due, str(uuid4()))
                    yield Attempt(invocation, 1, time.monotonic())
                plan.due = _next(schedule, plan.expression, now)
            if plan.due is None and schedule.state == "ENABLED" and schedule.action_after_completion == "DELETE":
                group.schedules.pop(schedule.name, None)
                self.plans.pop(schedule, None)
        moment = time.monotonic()
        again = [one for one in self.attempts if one.at <= moment]
        self.attempts = [one for one in self.attempts if one.at > moment]
        yield from again

    def _plan(self, schedule: Schedule, now: float) -> Plan:
        plan = self.plans.get(schedule)
        if plan is None or plan.version != schedule.last_modified_date:
            expression = parse(schedule.schedule_expression, schedule.schedule_expression_timezone)
            last = min(now, schedule.last_modified_date) - 1
            plan = Plan(schedule.last_modified_date, expression, _next(schedule, expression, last))
            self.plans[schedule] = plan
        return plan

    def _try(self, attempt: Attempt) -> None:
        try:
            attempt.invocation.invoke(attempt.number)
        except Exception as error:
            LOG.info("schedule %s: attempt %s failed", attempt.invocation.arn, attempt.number, exc_info=True)
            if self._is_running(attempt):
                self._after_failure(attempt, error)
        with self.changed:
            self.running = [one for one in self.running if one is not attempt]

    def _is_running(self, attempt: Attempt) -> bool:
        """Not, if its account was forgotten meanwhile."""
        with self.changed:
            return any(one is attempt for one in self.running)

    def _after_failure(self, attempt: Attempt, error: Exception) -> None:
        policy = attempt.invocation.target.get("RetryPolicy") or {}
        wait = min(LONGEST_WAIT, 2.0 ** min(attempt.number - 1, 16)) * self.scale
        age = (time.monotonic() - attempt.begun) / self.scale
        if attempt.number > policy.get("MaximumRetryAttempts", ATTEMPTS):
            self._give_up(attempt, error, "MaximumRetryAttempts")
        elif age > policy.get("MaximumEventAgeInSeconds", DAY):
            self._give_up(attempt, error, "MaximumEventAgeInSeconds")
        else:
            with self.changed:
                self.attempts.append(replace(attempt, number=attempt.number + 1, at=time.monotonic() + wait))

    def _give_up(self, attempt: Attempt, error: Exception, condition: str) -> None:
        invocation = attempt.invocation
        queue = (invocation.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        values = {**_about(attempt, error), "EXHAUSTED_RETRY_CONDITION": condition}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
        try:
            send(invocation, queue, invocation.body(attempt.number), MessageAttributes=attributes)
        except Exception:
            LOG.warning("schedule %s cannot reach its dead-letter queue", invocation.arn, exc_info=True)


def _about(attempt: Attempt, error: Exception) -> dict[str, str]:
    """The attributes of a dead letter."""
    invocation = attempt.invocation
    details: dict[str, Any] = error.response["Error"] if isinstance(error, ClientError) else {}
    return {
        "ERROR_CODE": details.get("Code", type(error).__name__),
        "ERROR_MESSAGE": details.get("Message") or str(error) or "-",
        "EXECUTION_ID": invocation.execution,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(attempt.number - 1),
        "SCHEDULED_TIME": iso(invocation.due),
        "SCHEDULE_ARN": invocation.arn,
        "TARGET_ARN": invocation.target["Arn"],
    }


def _schedules() -> Iterator[tuple[str, str, ScheduleGroup, Schedule]]:
    for account, regions in list(scheduler_backends.items()):
        for region, backend in list(regions.items()):
            for group in list(backend.schedule_groups.values()):
                for schedule in list(group.schedules.values()):
                    yield account, region, group, schedule


def _next(schedule: Schedule, expression: Expression, after: float) -> float | None:
    """StartDate and EndDate count for recurring schedules only."""
    begin = float(schedule.start_date or schedule.creation_date)
    due = expression.after(after, begin)
    ended = due is not None and expression.once is None and schedule.end_date and due > float(schedule.end_date)
    return None if ended else due


ENGINE = Engine()
