"""Runtimes are refused by date: first for new functions, then for updates."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.runtimes import ALL_RUNTIMES
from localstack_dockerless.server import combinations, deprecations
from localstack_dockerless.server.deprecations import BLOCKED, check_creation, check_update

DAY = timedelta(days=1)
DATES = {
    "nodejs12.x": ("2023-03-31", "2023-04-30"),
    "python3.8": ("2027-02-01", "2027-03-03"),
    "python3.10": ("2027-02-01", "2027-03-03"),
    "python3.11": ("2027-07-31", "2027-08-31"),
    "python3.13": ("2029-07-31", "2029-08-31"),
    "nodejs22.x": ("2027-06-01", "2027-07-01"),
    "provided.al2023": ("2029-07-31", "2029-08-31"),
}
"""As https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html gave them in November 2026."""


@pytest.mark.parametrize("runtime", DATES)
def test_the_day_before_everything_is_allowed(runtime):
    creation, update = map(date.fromisoformat, DATES[runtime])
    check_creation(runtime, creation - DAY)
    check_update(runtime, update - DAY)
    for check, day in ((check_creation, creation), (check_update, update)):
        with pytest.raises(InvalidParameterValueException) as refusal:
            check(runtime, day)
        assert str(refusal.value) == (
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )


def test_every_runtime_has_its_dates_and_is_blocked_for_creation_first():
    assert {str(runtime) for runtime in ALL_RUNTIMES} == BLOCKED.keys()
    assert all(dates.creation < dates.update for dates in BLOCKED.values())


def test_a_function_may_leave_a_blocked_runtime(monkeypatch):
    old = SimpleNamespace(latest=lambda: SimpleNamespace(config=SimpleNamespace(runtime="python3.7")))
    monkeypatch.setattr(combinations, "_function", lambda *_: old)
    monkeypatch.setattr(deprecations, "_today", lambda: date(2026, 11, 25))
    for request in ({}, {"Runtime": "nodejs14.x"}):
        with pytest.raises(InvalidParameterValueException):
            combinations._update(None, request)
    combinations._update(None, {"Runtime": "python3.13"})
