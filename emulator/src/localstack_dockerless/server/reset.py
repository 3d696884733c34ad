"""Forget everything, or everything of one account.

LocalStack's providers can be visited by whoever saves or resets state, but have no address for it. What lives outside
their stores - threads, processes, scheduled jobs, files - is ended here first.
"""

from __future__ import annotations

import concurrent.futures
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from localstack.services.plugins import SERVICE_PLUGINS
from localstack.services.stores import AccountRegionBundle
from localstack.state import AssetDirectory, StateVisitor

from localstack_dockerless.observability import metrics
from localstack_dockerless.observability.logs import OUTPUTS
from localstack_dockerless.permissions import switch
from localstack_dockerless.services.network.hosts import HOSTS
from localstack_dockerless.services.xray.segments import SEGMENTS

LOG = logging.getLogger(__name__)
PATIENCE = 20.0  # seconds for what is being started, or stopped; it takes a tenth of one
FIRST = ("lambda", "events", "scheduler")  # they start work in the others
_LOCK = threading.Lock()


def reset(account: str | None = None) -> list[str]:
    """Forget what the account has, or everybody.

    Args:
        account: 12 digits; None for all.

    Returns:
        The services that had been in use.
    """
    with _LOCK:
        services = sorted(SERVICE_PLUGINS.list_loaded_services(), key=lambda name: (name not in FIRST, name))
        for name in services:
            _reset_service(name, account)
        metrics.forget(account)
        switch.forget(account)
        HOSTS.forget(account)  # last: what was found out about EC2 is outdated from now on
        return sorted(services)


def _reset_service(name: str, account: str | None) -> None:
    service: Any = SERVICE_PLUGINS.get_service(name)
    hooks = None if account or name in OURS else service.lifecycle_hook
    if hooks:
        _try(name, hooks.on_before_state_reset)
    if name in OURS:
        _try(name, lambda: OURS[name](service._provider, account))
    _try(name, lambda: service.accept_state_visitor(_Forget(account)))
    if hooks:
        _try(name, hooks.on_after_state_reset)


def _try(name: str, step: Callable[[], Any]) -> None:
    """One service that fails must not keep the others from being reset."""
    try:
        step()
    except Exception:
        LOG.exception("could not reset all of %s", name)


class _Forget(StateVisitor):
    """Empties the containers in which providers keep state."""

    def __init__(self, account: str | None) -> None:
        self.account = account

    def visit(self, state_container: Any) -> None:
        """Called by a provider with each of its containers."""
        if isinstance(state_container, AssetDirectory):
            if not self.account:
                shutil.rmtree(state_container.path, ignore_errors=True)
        elif self.account:
            state_container.pop(self.account, None)
        elif isinstance(state_container, AccountRegionBundle):
            state_container.reset()
        else:  # moto's, whose own reset() is for all services at once
            state_container.clear()


def _of(arns: Iterable[str], account: str | None) -> list[str]:
    """Those of the ARNs that belong to the account."""
    return [arn for arn in arns if account is None or arn.split(":")[4] == account]


def _stores(bundle: Any, account: str | None) -> list[Any]:
    return [store for owner, _, store in bundle.iter_stores() if account in (None, owner)]


def _lambda(provider: Any, account: str | None) -> None:
    """End event source mappings, queues of events, environments, and the code on disk."""
    from localstack_dockerless.executor.executor import ProcessExecutor
    from localstack_dockerless.server import scaling
    from localstack_dockerless.services.container_images import unpacked

    service = provider.lambda_service
    _await_starting(service, account)
    for uuid, worker in list(provider.esm_workers.items()):
        if _of([worker.esm_config["FunctionArn"]], account):
            provider.esm_workers.pop(uuid).stop_for_shutdown()
    with service.lambda_version_manager_lock:
        events = [service.event_managers.pop(arn) for arn in _of(list(service.event_managers), account)]
        versions = [
            service.lambda_running_versions.pop(arn) for arn in _of(list(service.lambda_running_versions), account)
        ]
    for version in versions:
        version.forgotten = True
    _together([manager.stop for manager in [*events, *versions]])
    ProcessExecutor.stop_at_once(account)
    _together([code.destroy for code in _codes(account)])
    unpacked.forget(account)
    # Before CloudWatch Logs is emptied: what is written later would make the log group anew.
    OUTPUTS.discard(lambda output: account in (None, output.account))
    SEGMENTS.discard(lambda segment: account in (None, segment.account))
    for scope in list(service.counting_service.on_demand_concurrency_trackers):
        if account in (None, scope[0]):
            service.counting_service.on_demand_concurrency_trackers.pop(scope)
    scaling.RATE.forget(account)


def _await_starting(service: Any, account: str | None) -> None:
    deadline = time.monotonic() + PATIENCE
    while _of(list(service.lambda_starting_versions), account) and time.monotonic() < deadline:
        time.sleep(0.01)


def _codes(account: str | None) -> list[Any]:
    from localstack.services.lambda_.invocation.models import lambda_stores

    stores = _stores(lambda_stores, account)
    functions = [
        version.config for s in stores for function in s.functions.values() for version in function.versions.values()
    ]
    layers = [version for s in stores for layer in s.layers.values() for version in layer.layer_versions.values()]
    codes = {id(owner.code): owner.code for owner in [*functions, *layers] if owner.code}
    return list(codes.values())


def _together(steps: list[Callable[[], Any]]) -> None:
    """Run them at the same time, and do not let one that hangs hold up the reset."""
    if not steps:
        return
    pool = concurrent.futures.ThreadPoolExecutor(min(16, len(steps)), "dockerless-reset")
    done = [pool.submit(step) for step in steps]
    concurrent.futures.wait(done, timeout=PATIENCE)
    pool.shutdown(wait=False, cancel_futures=True)
    for error in filter(None, (step.exception() for step in done if step.done() and not step.cancelled())):
        LOG.error("while resetting: %s", error)


def _events(provider: Any, account: str | None) -> None:
    """Scheduled rules are jobs outside the store, which would keep firing into functions made later."""
    from localstack.services.events.scheduler import JobScheduler

    for arn in _of(list(provider._rule_services_store), account):
        JobScheduler.instance().cancel_job(getattr(provider._rule_services_store[arn], "job_id", None))
    for name, held in vars(provider).items():
        if name.endswith("_store") and isinstance(held, dict):
            for arn in _of(list(held), account):
                del held[arn]


def _sqs(_provider: Any, account: str | None) -> None:
    """Wake whoever waits for messages."""
    from localstack.services.sqs.models import sqs_stores

    for store in _stores(sqs_stores, account):
        for queue in list(store.queues.values()):
            queue.shutdown()


def _s3(provider: Any, account: str | None) -> None:
    """Objects are files beside the store, and bucket names are one list for all accounts."""
    from localstack.services.s3.models import s3_stores

    for store in _stores(s3_stores, account):
        for name in list(store.buckets):
            provider._storage_backend.delete_bucket(name)
            store.global_bucket_map.pop(name, None)
    provider.on_after_state_reset()


def _cloudwatch(provider: Any, account: str | None) -> None:
    for arn in _of(list(provider.alarm_scheduler.scheduled_alarms), account):
        provider.alarm_scheduler.delete_scheduler_for_alarm(arn)


def _efs(_provider: Any, account: str | None) -> None:
    """The files that functions wrote; lambda, which comes first, has ended who could still write."""
    from localstack_dockerless.services.efs import files

    files.forget(account)


def _ecr(_provider: Any, account: str | None) -> None:
    """Images are files beside moto's repositories."""
    from localstack_dockerless.services.ecr import blobs

    blobs.forget(account)


def _apigateway(_provider: Any, account: str | None) -> None:
    from localstack_dockerless.services.http import rest

    rest.forget(account)


def _elbv2(_provider: Any, account: str | None) -> None:
    """Health checks go on in threads."""
    from localstack_dockerless.services.alb.health import CHECKS

    CHECKS.forget(account)


def _scheduler(provider: Any, account: str | None) -> None:
    """A thread fires schedules and tries again."""
    provider.forget(account)


def _sts(_provider: Any, account: str | None) -> None:
    """Credentials of all accounts are in one dictionary, which the reset of an account leaves."""
    from localstack.services.sts.models import sts_stores

    credentials = sts_stores["000000000000"]["us-east-1"].credentials
    for key, held in list(credentials.items()):
        if account in (None, held.account_id):
            credentials.pop(key, None)


OURS: dict[str, Callable[[Any, str | None], None]] = {
    "lambda": _lambda,
    "events": _events,
    "scheduler": _scheduler,
    "sqs": _sqs,
    "s3": _s3,
    "cloudwatch": _cloudwatch,
    "efs": _efs,
    "ecr": _ecr,
    "apigateway": _apigateway,
    "elbv2": _elbv2,
    "sts": _sts,
}
