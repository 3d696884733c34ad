"""Health checks of functions: invocations at an interval, and what they say about the target.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda

They do not change where requests go: a target group has one function, and a group whose targets are all unhealthy gets
requests all the same.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from localstack.aws.api import ServiceException

from localstack_dockerless.services.alb import answer, event, groups
from localstack_dockerless.services.alb.functions import Target
from localstack_dockerless.services.alb.http import Request

LOG = logging.getLogger(__name__)
AGENT = "ELB-HealthChecker/2.0"
Health = dict[str, str]
REASONS = {
    "Target.NotRegistered": ("unused", "Target is not registered to the target group"),
    "Target.NotInUse": ("unused", "Target group is not configured to receive traffic from the load balancer"),
    "Target.HealthCheckDisabled": ("unavailable", "Health checks are not enabled for this target"),
    "Elb.InitialHealthChecking": ("initial", "Initial health checks in progress"),
    "Target.ResponseCodeMismatch": ("unhealthy", "Health checks failed with these codes: [{}]"),
    "Target.Timeout": ("unhealthy", "Request timed out"),
    "Target.FailedHealthChecks": ("unhealthy", "Health checks failed"),
}


def because(reason: str, detail: object = "") -> Health:
    """The TargetHealth that goes with a reason code."""
    state, description = REASONS[reason]
    return {"State": state, "Reason": reason, "Description": description.format(detail)}


HEALTHY: Health = {"State": "healthy"}


class Verdict:
    """What a row of checks says: a new target needs one success, and then so many results in a row to change."""

    def __init__(self) -> None:
        self.health = because("Elb.InitialHealthChecking")
        self._row = 0

    def add(self, result: Health, healthy_threshold: int, unhealthy_threshold: int) -> None:
        """Count the result of one check.

        Args:
            result: what the target would be after this check alone.
            healthy_threshold: successes in a row that make an unhealthy target healthy.
            unhealthy_threshold: failures in a row that make a target unhealthy.
        """
        state, good = self.health["State"], result == HEALTHY
        needed = {"initial": 1, "unhealthy": healthy_threshold, "healthy": 1}[state] if good else unhealthy_threshold
        same = state == result["State"]
        self._row = 0 if same else self._row + 1
        if same or self._row >= needed:
            self.health, self._row = result, 0


class Check:
    """The checks of one target, in a thread of their own."""

    def __init__(self, group: Any, target: Target) -> None:
        self.group, self.target, self.verdict = group, target, Verdict()
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="alb-health", daemon=True)
        self.thread.start()

    @property
    def scope(self) -> tuple[str, str]:
        """Account and region."""
        return self.target.account, self.target.region

    def stop(self) -> None:
        """Begin no further check."""
        self._stop.set()

    def _run(self) -> None:
        scale = float(os.environ["DOCKERLESS_TIME_SCALE"])
        while not self._stop.is_set():
            try:
                result = self._once()
            except Exception:
                LOG.exception("while checking %s", self.target.arn)
                result = because("Target.FailedHealthChecks")
            group = self.group
            self.verdict.add(result, int(group.healthy_threshold_count), int(group.unhealthy_threshold_count))
            self._stop.wait(float(group.health_check_interval_seconds) * scale)

    def _once(self) -> Health:
        group, begun = self.group, time.monotonic()
        path, _, query = (group.health_check_path or "/").partition("?")
        request = Request("GET", path, query, [("user-agent", AGENT)])
        multi_value = groups.is_multi_value(group)
        if not self.target.allows(group.arn):
            return because("Target.FailedHealthChecks")
        try:
            response = self.target.invoke(event.event(request, group.arn, multi_value))
        except ServiceException:  # throttled, or being updated
            return because("Target.FailedHealthChecks")
        if time.monotonic() - begun > float(group.health_check_timeout_seconds):
            return because("Target.Timeout")
        return judged(response, multi_value, str((group.matcher or {}).get("HttpCode") or "200"))


def judged(response: Any, multi_value: bool, codes: str) -> Health:
    """What one response to a health check says.

    Args:
        response: of Invoke.
        multi_value: of the target group.
        codes: that count as healthy, such as "200,300-399".
    """
    if response.get("FunctionError"):
        return because("Target.FailedHealthChecks")
    try:
        status = int(answer.answer(payload_of(response), multi_value).status.split()[0])
    except answer.MalformedError:
        return because("Target.FailedHealthChecks")
    ranges = (code.partition("-") for code in codes.split(","))
    expected = any(int(first) <= status <= int(last or first) for first, _, last in ranges)
    return HEALTHY if expected else because("Target.ResponseCodeMismatch", status)


def payload_of(response: Any) -> bytes:
    """What a function returned, as bytes."""
    payload = response["Payload"]
    return payload.encode() if isinstance(payload, str) else bytes(payload)


class Checks:
    """Those that run, by target group."""

    def __init__(self) -> None:
        self._running: dict[str, Check] = {}
        self._lock = threading.Lock()

    def settle(self, backend: Any) -> None:
        """Start and end checks as target groups, their targets and their use now are.

        Args:
            backend: moto's, of one account and region.
        """
        wanted = {arn: target for arn, group in backend.target_groups.items() if (target := _to_check(group))}
        here = (backend.account_id, backend.region_name)
        self._stop(lambda check: check.scope == here and wanted.get(check.group.arn) != check.target)
        with self._lock:
            for arn in wanted.keys() - self._running.keys():
                self._running[arn] = Check(backend.target_groups[arn], wanted[arn])

    def forget(self, account: str | None) -> None:
        """End the checks of an account, or all."""
        self._stop(lambda check: account in (None, check.target.account))

    def _stop(self, which: Callable[[Check], bool]) -> None:
        with self._lock:
            for arn, check in list(self._running.items()):
                if which(check):
                    self._running.pop(arn).stop()

    def health(self, group: Any, arn: str) -> Health:
        """The TargetHealth of a function.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html

        Args:
            group: moto's target group.
            arn: the target's id.
        """
        if arn not in group.targets:
            return because("Target.NotRegistered")
        if not group.load_balancer_arns:
            return because("Target.NotInUse")
        if not group.health_check_enabled:
            return because("Target.HealthCheckDisabled")
        check = self._running.get(group.arn)
        return check.verdict.health if check else because("Elb.InitialHealthChecking")


def _to_check(group: Any) -> Target | None:
    """The function that has to be checked, if any."""
    used = group.target_type == "lambda" and group.health_check_enabled and group.load_balancer_arns
    return Target.of(next(iter(group.targets))) if used and group.targets else None


CHECKS = Checks()
