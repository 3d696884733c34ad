"""How fast functions get environments, and what a throttled caller is told."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import pytest
from localstack.aws.api.lambda_ import TooManyRequestsException
from localstack_dockerless.server.scaling import Rate
from localstack_dockerless.server.versions import BatchingVersionManager

ONE, OTHER = (f"arn:aws:lambda:us-east-1:{account}:function:one" for account in ("640000000003", "640000000004"))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rate(clock):
    return Rate(clock)


def taken(rate, function):
    """How many environments it gets at once."""
    count = 0
    with contextlib.suppress(TooManyRequestsException):
        while True:
            rate.take(function)
            count += 1
    return count


def test_a_function_gets_a_thousand_at_once_and_a_hundred_a_second(rate, clock):
    assert taken(rate, ONE) == 1_000
    clock.now = 2.5
    assert taken(rate, ONE) == 250


def test_what_is_not_used_is_not_saved_up(rate, clock):
    rate.take(ONE)
    clock.now = 1_000
    assert taken(rate, ONE) == 1_000


def test_each_function_has_its_own_rate_and_a_reset_gives_it_back(rate):
    assert taken(rate, ONE) == taken(rate, OTHER) == 1_000
    rate.forget(ONE.split(":")[4])
    assert (taken(rate, ONE), taken(rate, OTHER)) == (1_000, 0)
    rate.forget(None)
    assert (taken(rate, ONE), taken(rate, OTHER)) == (1_000, 1_000)


def test_a_throttled_caller_is_told_so(rate):
    taken(rate, ONE)
    with pytest.raises(TooManyRequestsException, match=r"Rate Exceeded\.") as refusal:
        rate.take(ONE)
    assert refusal.value.Reason == "ConcurrentInvocationLimitExceeded"


@pytest.mark.parametrize(
    ("reserved", "reason"),
    [(None, "ConcurrentInvocationLimitExceeded"), (5, "ReservedFunctionConcurrentInvocationLimitExceeded")],
)
def test_the_reason_is_the_account_s_quota_or_the_function_s_reserve(reserved, reason):
    """LocalStack names the reserve in either case."""

    def lease(*_arguments):
        raise TooManyRequestsException("Rate Exceeded.", Reason="ReservedFunctionConcurrentInvocationLimitExceeded")

    manager = BatchingVersionManager.__new__(BatchingVersionManager)
    vars(manager).update(
        shutdown_event=SimpleNamespace(is_set=lambda: False),
        counting_service=SimpleNamespace(get_invocation_lease=lease),
        function=SimpleNamespace(reserved_concurrent_executions=reserved),
        function_version=None,
        provisioned_state=None,
        _sample=lambda *_arguments, **_figures: None,
    )
    with pytest.raises(TooManyRequestsException) as refusal:
        manager.invoke(invocation=SimpleNamespace())
    assert refusal.value.Reason == reason
