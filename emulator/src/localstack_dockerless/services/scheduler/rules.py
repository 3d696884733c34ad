"""What CreateSchedule and its relatives take; moto and LocalStack take too much, or fail.

Rules: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

import re
import time
from typing import Any

from localstack.services.scheduler import provider
from localstack.utils.patch import Patch, Patches
from moto.core.exceptions import JsonRESTError
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from localstack_dockerless.permissions.trust import may_assume
from localstack_dockerless.services.scheduler import expressions
from localstack_dockerless.services.scheduler.engine import ENGINE
from localstack_dockerless.services.scheduler.targets import PRINCIPAL, TEMPLATED, UNIVERSAL

PAST = 300  # seconds StartDate may lie back
RANGES = {"MaximumRetryAttempts": (0, 185), "MaximumEventAgeInSeconds": (60, 86400)}
LONGEST_WINDOW = 1440  # minutes
LONGEST_NAME = 64  # characters
ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
NAME = re.compile(r"[0-9a-zA-Z-_.]+")
PARAMETERS = {"events": "EventBridgeParameters", "kinesis": "KinesisParameters"}

_patches = Patches()


def apply() -> None:
    """Correct moto, once in a server's life."""
    if _patches.patches:
        return
    # LocalStack's own check takes EventBridge's rules for those of schedules.
    _patches.add(Patch(provider, "_validate_schedule_expression", lambda _expression: None))
    for method, ours in (
        (EventBridgeSchedulerBackend.create_schedule, _create_schedule),
        (EventBridgeSchedulerBackend.update_schedule, _update_schedule),
        (EventBridgeSchedulerBackend.create_schedule_group, _create_schedule_group),
        (EventBridgeSchedulerBackend.delete_schedule_group, _delete_schedule_group),
    ):
        _patches.function(method, ours)
    _patches.apply()


def _create_schedule(original: Any, backend: EventBridgeSchedulerBackend, **request: Any) -> Any:
    _check_name(request["name"])
    check(request)
    backend.get_schedule_group(request.get("group_name"))  # moto fails with 500
    request["action_after_completion"] = request.get("action_after_completion") or "NONE"
    _check_role(request)
    schedule = original(backend, **request)
    ENGINE.wake()
    return schedule


def _update_schedule(original: Any, backend: EventBridgeSchedulerBackend, **request: Any) -> Any:
    """What an update does not name goes back to its default; moto loses the state."""
    check(request)
    _check_role(request)
    schedule = original(backend, **{**request, "state": request.get("state") or "ENABLED"})
    ENGINE.wake()
    return schedule


def _create_schedule_group(original: Any, backend: EventBridgeSchedulerBackend, name: str, tags: Any) -> Any:
    """Moto puts an empty group in the place of the old one."""
    if name in backend.schedule_groups:
        raise JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
    return original(backend, name, tags)


def _delete_schedule_group(original: Any, backend: EventBridgeSchedulerBackend, name: str | None) -> None:
    if (name or "default") == "default":
        raise ValidationException("The default schedule group cannot be deleted.")
    if name not in backend.schedule_groups:
        raise ScheduleGroupNotFound(name or "")
    original(backend, name)


def check(request: dict[str, Any]) -> None:
    """Refuse what AWS refuses.

    Args:
        request: as moto names the parameters.

    Raises:
        ValidationException: something is wrong.
    """
    expression = _expression(request)
    if expression.once is None:
        _check_dates(request.get("start_date"), request.get("end_date"))
    _check_window(request.get("flexible_time_window") or {})
    _check_target(request.get("target") or {})


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise _out_of_bounds(name, "name", f"Member must have length less than or equal to {LONGEST_NAME}")
    if not NAME.fullmatch(name):
        raise _out_of_bounds(name, "name", f"Member must satisfy regular expression pattern: ^{NAME.pattern}$")


def _check_role(request: dict[str, Any]) -> None:
    """The role is there, and trusts Scheduler.

    Rule: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
    """
    role = (request.get("target") or {}).get("RoleArn") or ""
    if not (ROLE.fullmatch(role) and may_assume(PRINCIPAL, role)):
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )


def _expression(request: dict[str, Any]) -> expressions.Expression:
    text, zone = request.get("schedule_expression") or "", request.get("schedule_expression_timezone")
    try:
        expressions.parse("rate(1 day)", zone)
    except ValueError:
        raise ValidationException(f"Invalid Schedule Expression Timezone {zone}.") from None
    try:
        return expressions.parse(text, zone)
    except (ValueError, KeyError):
        raise ValidationException(f"Invalid Schedule Expression {text}.") from None


def _check_dates(start: Any, end: Any) -> None:
    if start and float(start) < time.time() - PAST:
        raise ValidationException("The StartDate you specify cannot be earlier than 5 minutes ago.")
    if end and float(end) <= max(time.time(), float(start or 0)):
        raise ValidationException("The EndDate you specify must be later than now and than the StartDate.")


def _check_window(window: dict[str, Any]) -> None:
    mode, minutes = window.get("Mode"), window.get("MaximumWindowInMinutes")
    if mode not in ("OFF", "FLEXIBLE"):
        raise _out_of_bounds(mode, "flexibleTimeWindow.mode", "Member must satisfy enum value set: [OFF, FLEXIBLE]")
    if mode == "OFF" and minutes is not None:
        raise ValidationException("MaximumWindowInMinutes must not be set when FlexibleTimeWindow mode is OFF.")
    if mode == "FLEXIBLE" and minutes is None:
        raise ValidationException("MaximumWindowInMinutes must be set when FlexibleTimeWindow mode is FLEXIBLE.")
    if minutes is not None and not 1 <= minutes <= LONGEST_WINDOW:
        words = f"Member must have value between 1 and {LONGEST_WINDOW}"
        raise _out_of_bounds(minutes, "flexibleTimeWindow.maximumWindowInMinutes", words)


def _out_of_bounds(value: Any, path: str, words: str) -> ValidationException:
    return ValidationException(
        f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {words}"
    )


def _check_target(target: dict[str, Any]) -> None:
    arn = target.get("Arn") or ""
    service = dict(enumerate(arn.split(":"))).get(2, "")
    if not arn.startswith(UNIVERSAL) and service not in TEMPLATED:
        raise ValidationException(f"Provided Arn is not in correct format or not supported: {arn}.")
    if service in PARAMETERS and not target.get(PARAMETERS[service]):
        raise ValidationException(f"{PARAMETERS[service]} must be specified for the target {arn}.")
    if service == "sqs" and arn.endswith(".fifo") and not target.get("SqsParameters"):
        raise ValidationException("MessageGroupId must be specified for a target that is a FIFO queue.")
    for name, (lowest, highest) in RANGES.items():
        value = (target.get("RetryPolicy") or {}).get(name)
        if value is not None and not lowest <= value <= highest:
            path = f"target.retryPolicy.{name[0].lower()}{name[1:]}"
            raise _out_of_bounds(value, path, f"Member must have value between {lowest} and {highest}")
