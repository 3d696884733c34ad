"""The machine's clock is set, or jumps when a laptop wakes up: no event is too old for that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from localstack.services.lambda_.invocation import event_manager
from localstack.services.lambda_.invocation.event_manager import SQSInvocation
from localstack.services.lambda_.invocation.lambda_models import Invocation
from localstack_dockerless.observability import asynchronous
from localstack_dockerless.server import patches


@pytest.mark.parametrize("hours", [0, 7, -7])
def test_an_event_ages_by_the_time_that_it_waits(monkeypatch, hours):
    queued = []
    monkeypatch.setattr(asynchronous, "_count", lambda *_: None)
    invocation = Invocation(
        payload=b"{}",
        invoked_arn="arn",
        client_context=None,
        invocation_type="Event",
        invoke_time=datetime.now(),
        request_id="id",
        trace_context={},
    )
    manager = type("Manager", (), {"version_manager": None})()
    asynchronous._enqueue(lambda _manager, one: queued.append(SQSInvocation(one)), manager, invocation)

    class Jumped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=hours)

    for module in (asynchronous, event_manager, patches):
        monkeypatch.setattr(module, "datetime", Jumped)
    assert event_manager.has_enough_time_for_retry(patches._aged(queued[0], 1.0), None)


def test_an_event_that_has_waited_too_long_is_too_old(monkeypatch):
    invocation = Invocation(b"{}", "arn", None, "Event", asynchronous.steady(), "id", {})
    monkeypatch.setattr(asynchronous, "_STARTED", (datetime.now(), asynchronous.time.monotonic() - 7 * 3600))
    assert not event_manager.has_enough_time_for_retry(patches._aged(SQSInvocation(invocation), 1.0), None)
