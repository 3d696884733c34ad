"""When schedules are due, the thread that fires them, and defects of moto's Scheduler."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from deployed import eventually
from localstack_dockerless.services.scheduler import cron, engine, expressions, targets
from sources import Inbox

ROLE = "arn:aws:iam::000000000000:role/test"
COMPLETE = {
    "Name": "one",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": ROLE},
}
NOON = datetime(2026, 2, 27, 12, 0)  # a Friday


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ("* * * * ? *", "2026-02-27T12:01"),
        ("0/15 * * * ? *", "2026-02-27T12:15"),
        ("0 18 ? * MON-FRI *", "2026-02-27T18:00"),
        ("0 8 ? * 2-6 *", "2026-03-02T08:00"),
        ("0 8 ? * 1 *", "2026-03-01T08:00"),
        ("0 8 1 * ? *", "2026-03-01T08:00"),
        ("0 8 L * ? *", "2026-02-28T08:00"),
        ("0 8 LW * ? *", "2026-03-31T08:00"),
        ("0 8 15W 8 ? *", "2026-08-14T08:00"),
        ("0 8 1W 8 ? *", "2026-08-03T08:00"),
        ("0 8 ? * 6L *", "2026-03-27T08:00"),
        ("0 8 ? * 3#2 *", "2026-03-10T08:00"),
        ("0 8 ? * L *", "2026-02-28T08:00"),
        ("30 6,18 ? * SAT,SUN *", "2026-02-28T06:30"),
        ("0 0 29 2 ? *", "2028-02-29T00:00"),
        ("0 0 1 1 ? 2026", None),
        ("0 0 1 1 ? 2190", "2190-01-01T00:00"),
        ("0 0 31 2 ? *", None),
        ("15-45/10 12 ? JAN-MAR 6 2026-2027", "2026-02-27T12:15"),
    ],
)
def test_a_cron_expression_is_due(fields, due):
    assert cron.parse(fields).after(NOON) == (datetime.fromisoformat(due) if due else None)


@pytest.mark.parametrize(
    "fields",
    ["* * * * *", "* * * * * *", "* * ? * ? *", "60 * * * ? *", "* * 0 * ? *", "* * ? * 8 *", "*/0 * * * ? *",
     "5-1 * * * ? *", "* * x * ? *", "* * ? FOO 1 *", "* * * * ? 1969", "* * ? * 2#6 *",
     "* * 1,XX * ? *", "* * 1,0W * ? *", "* * 1, * ? *", "* * 99W * ? *", "* * ? * FOOL *", "* * ? * SUN,FOO *",
     "* * ? * MON#1,FRI#2 *", "1_0 * * * ? *", "*/x * * * ? *", "+1 * * * ? *", "\u0663 * * * ? *"],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(fields):
    with pytest.raises((ValueError, KeyError)):
        cron.parse(fields)


def seconds(text):
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("text", "zone", "due"),
    [
        ("at(2026-03-01T09:00:00)", "Europe/Berlin", "2026-03-01T08:00:00+00:00"),
        ("cron(0 9 * * ? *)", "Europe/Berlin", "2026-02-28T08:00:00+00:00"),
        ("cron(30 2 29 3 ? 2026)", "Europe/Berlin", None),  # the clocks skip it
        ("cron(30 2 25 10 ? 2026)", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),  # they show it twice
    ],
)
def test_an_expression_is_read_in_its_time_zone(text, zone, due):
    moment = NOON.replace(tzinfo=UTC).timestamp()
    assert expressions.parse(text, zone).after(moment, moment) == (seconds(due) if due else None)


def test_a_rate_counts_from_its_begin():
    every = expressions.parse("rate(5 minutes)")
    assert every.after(0, 1000) == 1000
    assert every.after(1000, 1000) == 1300
    assert every.after(2000, 1000) == 2200


def test_the_thread_is_there_only_while_something_is_due():
    """Each test has an engine of its own; without schedules it ends at once."""
    own = engine.Engine()
    own.wake()
    eventually(lambda: own.thread is None)
    invocation = targets.Invocation("101010101010", "us-east-1", "arn", {"Arn": "arn"}, 0.0, "id")
    own.attempts.append(engine.Attempt(invocation, 1, time.monotonic() + 3600))
    own.wake()
    (thread,) = [one for one in threading.enumerate() if one is own.thread]
    own.forget("202020202020")
    assert thread.is_alive()
    own.forget("101010101010")
    thread.join(10)
    assert own.thread is None


def test_the_engine_stops_with_the_server():
    own = engine.Engine()
    invocation = targets.Invocation("101010101010", "us-east-1", "arn", {"Arn": "arn"}, 0.0, "id")
    own.attempts.append(engine.Attempt(invocation, 1, time.monotonic() + 3600))
    own.wake()
    thread = own.thread
    own.stop()
    thread.join(10)
    assert not thread.is_alive()
    own.wake()
    assert own.thread is None


def create(client, inbox, name, **options):
    target = {"Arn": inbox.arn, "RoleArn": ROLE, "Input": "{}"}
    options = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, **options}
    return client.create_schedule(Name=name, Target=target, **options)


def test_schedules_of_a_forgotten_account_do_not_fire():
    """They would fire into whatever has that name by then."""
    own, mine, yours = engine.Engine(), "313131313131", "323232323232"
    for account in (mine, yours):
        engine.scheduler_backends[account]["us-east-1"].schedule_groups["default"].add_schedule(
            engine.Schedule(
                region="us-east-1",
                account_id=account,
                group_name="default",
                name="kept",
                description=None,
                schedule_expression="rate(1 minute)",
                schedule_expression_timezone=None,
                flexible_time_window={"Mode": "OFF"},
                target={"Arn": "arn"},
                state=None,
                kms_key_arn=None,
                start_date=None,
                end_date=None,
                action_after_completion=None,
            )
        )
    own.forget(mine)
    due = list(own._due(datetime.now(UTC).timestamp()))
    own.forget(yours)
    assert [attempt.invocation.account for attempt in due] == [yours]


def test_schedules_are_forgotten_at_a_reset(server):
    clients = [server.client("scheduler", account) for account in ("313131313131", "323232323232")]
    for client in clients:
        create(client, Inbox(server.client("sqs")), "kept", State="DISABLED")
    server.command("reset", "--account=313131313131")
    assert [len(client.list_schedules()["Schedules"]) for client in clients] == [0, 1]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("delete_schedule_group", {"Name": "missing"}, "ResourceNotFoundException"),
        ("delete_schedule_group", {"Name": "default"}, "ValidationException"),
        ("create_schedule_group", {"Name": "default"}, "ConflictException"),
        ("get_schedule", {"Name": "missing"}, "ResourceNotFoundException"),
        ("create_schedule", {**COMPLETE, "GroupName": "missing"}, "ResourceNotFoundException"),
        ("update_schedule", {**COMPLETE, "Name": "missing"}, "ResourceNotFoundException"),
    ],
)
def test_what_is_not_there_is_the_callers_error(server, operation, arguments, code):
    """Moto: 500, or an empty group in the place of the old one."""
    with pytest.raises(ClientError) as error:
        getattr(server.client("scheduler"), operation)(**arguments)
    assert error.value.response["Error"]["Code"] == code


def test_an_update_without_a_state_enables(server):
    """Moto: null."""
    client, inbox = server.client("scheduler"), Inbox(server.client("sqs"))
    create(client, inbox, "updated", State="DISABLED")
    target = {"Arn": inbox.arn, "RoleArn": ROLE, "Input": "{}"}
    options = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    client.update_schedule(Name="updated", Target=target, **options)
    assert client.get_schedule(Name="updated")["State"] == "ENABLED"


def due_now(own, target):
    invocation = targets.Invocation("101010101010", "us-east-1", "arn", {"Arn": target}, time.time(), "id")
    own.attempts.append(engine.Attempt(invocation, 1, time.monotonic()))
    own.wake()
    return invocation


def test_an_operation_that_takes_long_holds_up_no_other_schedule(monkeypatch):
    own, release, invoked = engine.Engine(), threading.Event(), []

    def invoke(invocation, _attempt):
        if not invocation.is_templated:
            release.wait()
        invoked.append(invocation.target["Arn"])

    monkeypatch.setattr(targets.Invocation, "invoke", invoke)
    operation = targets.UNIVERSAL + "lambda:invoke"
    due_now(own, operation)
    eventually(lambda: own.running)
    due_now(own, "arn:aws:sqs:us-east-1:101010101010:q")
    eventually(lambda: invoked == ["arn:aws:sqs:us-east-1:101010101010:q"])
    release.set()
    eventually(lambda: invoked[1:] == [operation])
    own.stop()


def test_what_fails_after_its_account_was_forgotten_is_not_tried_again(monkeypatch):
    own, release = engine.Engine(), threading.Event()

    def invoke(_invocation, _attempt):
        release.wait()
        raise RuntimeError("too late")

    monkeypatch.setattr(targets.Invocation, "invoke", invoke)
    for _ in range(2):
        due_now(own, targets.UNIVERSAL + "lambda:invoke")
    eventually(lambda: len(own.running) == 2)
    own.forget("101010101010")
    release.set()
    eventually(lambda: not any(thread.name == "dockerless-schedule" for thread in threading.enumerate()))
    assert own.attempts == []
    own.stop()


@pytest.mark.parametrize("name", ["n" * 65, "a b", "\u00e4"])
def test_a_name_that_is_none_is_refused(server, name):
    client = server.client("scheduler")
    with pytest.raises(client.exceptions.ValidationException, match="at 'name' failed"):
        create(client, Inbox(server.client("sqs")), name)


def test_a_clock_that_jumps_neither_loses_a_retry_nor_puts_it_off(monkeypatch):
    """Awake again after two days, as far as the clock tells."""
    own, given_up, times = engine.Engine(), [], []
    own.scale = 0.001

    def invoke(_invocation, number):
        times.append(number)
        if number < 3:
            jumped = time.time() + 2 * engine.DAY * (1 if number == 1 else -1)
            monkeypatch.setattr(engine.time, "time", lambda: jumped)
            raise ConnectionError

    monkeypatch.setattr(targets.Invocation, "invoke", invoke)
    monkeypatch.setattr(own, "_give_up", lambda *given: given_up.append(given))
    due_now(own, "jumping")
    assert eventually(lambda: times == [1, 2, 3])
    own.stop()
    assert not given_up
