"""Notifications of buckets, and rules with a schedule: LocalStack's, corrected where a function would notice."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote_plus

from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services.scheduler.expressions import parse

TICK = 1.0  # seconds between two looks at the rules

_buckets, _rules = Patches(), Patches()


def correct_buckets() -> None:
    """A space in a key is a plus; LocalStack writes %20. Once in a server's life.

    Rule: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    from localstack.services.s3 import notifications

    if not _buckets.patches:
        _buckets.add(Patch(notifications, "quote", lambda key: quote_plus(key, safe="/")))
        _buckets.apply()


def correct_rules() -> None:
    """Rules are due when AWS says. Once in a server's life.

    LocalStack looks once a minute for what is due within the next, counts weekdays from 0, lets a rate follow the clock
    on the wall instead of the rule, fires twice for a rule whose targets were put twice, and does not notice when a rule
    is put again, disabled, enabled or deleted.

    Rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
    """
    from localstack.services.events import rule
    from localstack.services.events.provider import EventsProvider
    from localstack.services.events.rule import RuleService
    from localstack.services.events.scheduler import JobScheduler

    if not _rules.patches:
        _rules.function(EventsProvider.create_rule_service, _create_rule_service)
        _rules.function(EventsProvider._delete_rule_services, _delete_rule_services)
        _rules.add(Patch(rule, "RULE_SCHEDULE_CRON_REGEX", CronExpressions()))
        _rules.function(RuleService._get_schedule_cron, _keep_expression)
        _rules.function(RuleService.create_schedule_job, _create_schedule_job)
        _rules.function(JobScheduler.add_job, _add_job)
        _rules.function(JobScheduler.loop, _loop)
        _rules.apply()


class CronExpressions:
    """In the place of LocalStack's regular expression, which lacks lists, steps and leading zeros of days."""

    def match(self, text: str) -> bool:
        """Whether a text is a cron expression."""
        try:
            return parse(text).cron is not None
        except ValueError:
            return False


def _keep_expression(original: Any, service: Any, expression: str) -> str:
    """Checked by LocalStack and by us, and not turned into a crontab's."""
    from localstack.services.events.provider import ValidationException

    original(service, expression)
    try:
        parse(expression)
    except ValueError:
        raise ValidationException("Parameter ScheduleExpression is not valid.") from None
    return expression


def _create_schedule_job(original: Any, service: Any, send: Any) -> None:
    """The state is looked at when the rule is due; LocalStack looks once, when its targets are put."""

    def send_if_enabled(*_: Any) -> None:
        if service.rule.state != "DISABLED":
            send()

    _cancel(service)
    original(service, send_if_enabled)


def _create_rule_service(original: Any, provider: Any, name: str, region: str, account: str, *args: Any) -> Any:
    """A rule that is put again has its new schedule, and its targets no longer the old one."""
    known = dict(provider._rule_services_store)
    service = original(provider, name, region, account, *args)
    _cancel(known.get(service.arn))
    if service.schedule_cron and service.rule.targets:
        service.create_schedule_job(provider._get_scheduled_rule_job_function(account, region, service.rule))
    return service


def _delete_rule_services(original: Any, provider: Any, rules: Any) -> None:
    for rule in list(rules.values()) if isinstance(rules, dict) else [rules]:
        _cancel(provider._rule_services_store.get(rule.arn))
    original(provider, rules)


def _cancel(service: Any) -> None:
    from localstack.services.events.scheduler import JobScheduler

    JobScheduler.instance().cancel_job(getattr(service, "job_id", None))


def _add_job(original: Any, scheduler: Any, send: Any, schedule: str, _enabled: Any = None) -> str:
    """A rate counts from here, and is first due after one interval."""
    identifier = str(original(scheduler, send, schedule))
    job = scheduler.get_job(identifier)
    job.begin = time.time()
    job.due = parse(schedule).after(job.begin, job.begin)
    return identifier


def _loop(_original: Any, scheduler: Any, *_: Any) -> None:
    while not scheduler._stop_event.wait(TICK):
        for job in list(scheduler.jobs):
            run_if_due(job, time.time())


def run_if_due(job: Any, now: float) -> None:
    """Run a job whose time has come, and find its next."""
    due = getattr(job, "due", None)
    if due is None or due > now:
        return
    job.due = parse(job.schedule).after(now, job.begin)
    job.do_run()
