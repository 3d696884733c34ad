"""Rules with a schedule: defects of LocalStack's clock, one test each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from localstack.services.events.models import ValidationException
from localstack.services.events.provider import EventsProvider
from localstack.services.events.rule import RuleService
from localstack.services.events.scheduler import JobScheduler
from localstack_dockerless.services import notifications


@pytest.fixture
def clock(monkeypatch):
    """A scheduler of our own, without its thread; what is due is seen at the times the test names."""
    notifications.correct_rules()
    own = JobScheduler()
    monkeypatch.setattr(JobScheduler, "_instance", own)
    yield own
    notifications._rules.undo()
    notifications._rules.patches.clear()


def rule(expression, fired):
    made = RuleService.create_rule_service(
        "rule", "us-east-1", "313131313131", schedule_expression=expression, event_bus_name="default"
    )
    made.create_schedule_job(fired)
    return made


def run(clock, *times):
    """How often jobs ran, by time."""
    counts = []
    for job in clock.jobs:
        job.do_run = lambda: counts.append(1)
    for now in times:
        for job in list(clock.jobs):
            notifications.run_if_due(job, now)
    return len(counts)


def test_a_rate_is_first_due_after_one_interval_and_then_each(clock):
    """LocalStack: at the next full minute, hour or day."""
    rule("rate(5 minutes)", None)
    (job,) = clock.jobs
    assert job.due == job.begin + 300
    assert run(clock, job.begin + 299, job.begin + 300, job.begin + 301, job.begin + 600) == 2


def test_weekdays_are_counted_from_sunday_which_is_1(clock):
    """LocalStack: from Sunday, which is 0."""
    rule("cron(0 12 ? * 2 *)", None)
    (job,) = clock.jobs
    assert datetime.fromtimestamp(job.due, UTC).strftime("%A %H:%M") == "Monday 12:00"


def test_a_rule_is_not_due_early(clock):
    """LocalStack: up to a minute before its time."""
    rule("cron(0 12 * * ? *)", None)
    (job,) = clock.jobs
    assert run(clock, job.due - 30) == 0


def test_a_rule_whose_targets_are_put_again_fires_once(clock):
    """LocalStack: once for each time."""
    made = rule("rate(1 minute)", None)
    made.create_schedule_job(None)
    assert len(clock.jobs) == 1


def test_a_rule_fires_according_to_its_state_when_it_is_due(clock):
    """LocalStack: according to the state it had when its targets were put."""
    fired = []
    made = rule("rate(1 minute)", lambda: fired.append(made.rule.state))
    for state in ("DISABLED", "ENABLED"):
        made.rule.state = state
        clock.jobs[0].job_func()
    assert fired == ["ENABLED"]


def test_a_rule_that_is_put_again_has_its_new_schedule(clock):
    """LocalStack goes on with the old one, also after the rule is deleted."""
    provider = EventsProvider()
    whole = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:313131313131:q"}
    for expression in ("rate(1 minute)", "rate(2 hours)"):
        service = provider.create_rule_service(
            "rule", "us-east-1", "313131313131", expression, None, None, None, None, None, "default", {"1": whole}
        )
    assert [job.schedule for job in clock.jobs] == ["rate(2 hours)"]
    provider._delete_rule_services(service.rule)
    assert clock.jobs == []


@pytest.mark.parametrize(
    "fields",
    ["0 10 1-7/2 * ? *", "0 10 01 * ? *", "0 10 ? * MON-FRI/2 *", "0 10 ? * SUN,7 2030-2035/2", "0 10 ? * mon *"],
)
def test_a_cron_expression_is_read_by_us(clock, fields):
    """LocalStack's regular expression refuses these."""
    rule(f"cron({fields})", None)
    assert len(clock.jobs) == 1


@pytest.mark.parametrize(
    "expression",
    ["cron(0 10 * * * *)", "cron(0 10 ? * 2#0 *)", "cron(0 24 * * ? *)", "cron(0 10 * * ?)", "at(2030-01-01T00:00:00)",
     "rate(1 minutes)", "rate(2 minute)", "rate(0 minutes)", "Rate(5 minutes)", "cron(0 10 1,XX * ? *)"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(clock, expression):
    with pytest.raises(ValidationException):
        rule(expression, None)
