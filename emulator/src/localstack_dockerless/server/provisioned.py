"""Provisioned concurrency that follows aliases: where an alias sends invocations, there its environments are.

LocalStack 2026.3.0 keeps all of an alias's environments at its first version, ends in an InternalError when its
configuration is deleted, leaves them running when the alias is, and starts all anew whenever the number changes.
Of reserved concurrency, its GetFunction shows any number but zero.
Rules: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

from __future__ import annotations

import contextlib
import copy
import math
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, cast

from localstack.aws.api.lambda_ import ProvisionedConcurrencyStatusEnum as Status
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.assignment import AssignmentService
from localstack.services.lambda_.invocation.counting_service import CountingService
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment, RuntimeStatus
from localstack.services.lambda_.invocation.lambda_models import (
    Function,
    FunctionVersion,
    InitializationType,
    ProvisionedConcurrencyConfiguration,
    ProvisionedConcurrencyState,
    VersionAlias,
)
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.plugins import Service
from localstack.utils.patch import patch
from localstack.utils.threads import start_thread

USABLE = (RuntimeStatus.READY, RuntimeStatus.INVOKING)


def apply() -> None:
    """Put it below the API; once in a server's life, before the rules of `aliases` are put in front of it."""
    patch(LambdaVersionManager.update_provisioned_concurrency_config)(_update)
    patch(AssignmentService.scale_provisioned_concurrency)(_scale_environments)
    patch(CountingService.get_invocation_lease)(_lease)
    patch(LambdaService.get_lambda_version_manager)(_manager)
    patch(LambdaService.update_alias)(_update_alias)


def serve(service: Service) -> None:
    """Put it into the operations of the API."""
    table, provider = service.skeleton.dispatch_table, cast("LambdaProvider", service._provider)
    for operation in ("PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig", "DeleteAlias"):
        table[operation] = _then_balanced(table[operation], provider.lambda_service)
    table["GetProvisionedConcurrencyConfig"] = _summed(
        table["GetProvisionedConcurrencyConfig"], provider.lambda_service
    )
    table["GetFunction"] = _with_reservation(table["GetFunction"])


def shares(function: Function) -> Counter[str]:
    """How many environments each version is to have; a version that has a part in an alias may have none of them."""
    wanted: Counter[str] = Counter()
    for name, config in list(function.provisioned_concurrency_configs.items()):
        wanted.update(_parts(function.aliases.get(name), name, config.provisioned_concurrent_executions))
    return wanted


def _parts(alias: VersionAlias | None, name: str, number: int) -> dict[str, int]:
    """AWS does not say how it rounds; half an environment counts as one of the additional version's."""
    if alias is None:
        return {name: number}
    weights = alias.routing_configuration.version_weights if alias.routing_configuration else {}
    additional = {version: math.floor(number * weight + 0.5) for version, weight in weights.items()}
    return {alias.function_version: number - sum(additional.values()), **additional}


def _update(_original: Any, manager: LambdaVersionManager, _number: int) -> Future[Any]:
    """Bring a version to its share; one that is on its way already looks again when it arrives."""
    with manager.provisioned_state_lock:
        if not manager.__dict__.get("dockerless_scaling"):
            manager.__dict__["dockerless_scaling"] = True
            manager.provisioned_state = ProvisionedConcurrencyState()
            manager.provisioning_thread = start_thread(lambda *_: _scale(manager), name="dockerless-provisioning")
        assert manager.provisioning_thread  # noqa: S101 - set with the mark above
        return manager.provisioning_thread.result_future


def _scale(manager: LambdaVersionManager) -> None:
    service = manager.assignment_service
    while True:
        wanted = _share(manager)
        futures = service.scale_provisioned_concurrency(manager.id, manager.function_version, wanted or 0)
        available = sum(future.exception() is None for future in futures)
        with manager.provisioned_state_lock:
            if _share(manager) == wanted:
                manager.provisioned_state = None if wanted is None else _state(available, wanted)
                manager.__dict__["dockerless_scaling"] = False
                return


def _share(manager: LambdaVersionManager) -> int | None:
    """None when no configuration concerns this version."""
    if manager.shutdown_event.is_set():
        return None
    return shares(manager.function).get(manager.function_version.id.qualifier)


def _state(available: int, wanted: int) -> ProvisionedConcurrencyState:
    if available < wanted:
        return ProvisionedConcurrencyState(available, available, Status.FAILED, "FUNCTION_ERROR_INIT_FAILURE")
    return ProvisionedConcurrencyState(available, available, Status.READY)


def _scale_environments(
    _original: Any, service: AssignmentService, manager_id: str, version: FunctionVersion, number: int
) -> list[Future[None]]:
    """Start what is missing and end what is too much, idle ones first; one future for each that will be there."""
    environments = service.environments[manager_id]
    present = [e for e in list(environments.values()) if e.initialization_type == _PROVISIONED]
    present.sort(key=lambda environment: _ORDER.get(environment.status, len(_ORDER)))
    kept = [environment for environment in present[:number] if environment.status in USABLE]
    for environment in present:
        if environment not in kept:
            service.provisioning_pool.submit(service.stop_environment, environment)
    return [_done() for _ in kept] + [_start(service, manager_id, version) for _ in range(number - len(kept))]


_PROVISIONED = InitializationType.provisioned_concurrency
_ORDER = {RuntimeStatus.INVOKING: 0, RuntimeStatus.READY: 1}


def _start(service: AssignmentService, manager_id: str, version: FunctionVersion) -> Future[None]:
    environment = ExecutionEnvironment(version, _PROVISIONED, service.on_timeout, manager_id)
    service.environments[manager_id][environment.id] = environment
    return service.provisioning_pool.submit(environment.start)


def _done() -> Future[None]:
    future: Future[None] = Future()
    future.set_result(None)
    return future


def _lease(
    original: Any,
    service: CountingService,
    function: Function | None,
    version: FunctionVersion,
    state: ProvisionedConcurrencyState | None = None,
) -> Any:
    """LocalStack looks for a configuration of the version; show it each version's share."""
    if function and function.provisioned_concurrency_configs:
        shown = copy.copy(function)
        shown.provisioned_concurrency_configs = {
            qualifier: ProvisionedConcurrencyConfiguration(number, "") for qualifier, number in shares(function).items()
        }
        function = shown
    return original(service, function, version, state or ProvisionedConcurrencyState())


def _manager(original: Any, service: LambdaService, function_arn: str) -> LambdaVersionManager:
    """That of the version an alias points to, where LocalStack asks for an alias's."""
    manager: LambdaVersionManager
    try:
        manager = original(service, function_arn)
    except ValueError:
        name, qualifier, account, region = (part or "" for part in api_utils.function_locators_from_arn(function_arn))
        function = lambda_stores[account][region].functions.get(name)
        if not function or qualifier not in function.aliases:
            raise
        version = function.aliases[qualifier].function_version
        manager = original(service, api_utils.qualified_lambda_arn(name, version, account, region))
    return manager


def _update_alias(
    _original: Any, self: LambdaService, old_alias: VersionAlias, new_alias: VersionAlias, function: Function
) -> None:
    """Environments move with the pointer and the weights."""
    if old_alias.name in function.provisioned_concurrency_configs:
        _balance(self, function)


def _balance(service: LambdaService, function: Function) -> None:
    """Bring all versions to their shares."""
    for version in list(function.versions.values()):
        with contextlib.suppress(ValueError):  # a version that does not run has no manager
            manager = service.get_lambda_version_manager(version.id.qualified_arn())
            state, wanted = manager.provisioned_state, _share(manager)
            if wanted != (state.allocated if state else None):
                manager.update_provisioned_concurrency_config(wanted or 0)


def _function(context: Any, request: Mapping[str, Any]) -> Function | None:
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    return lambda_stores[account][region].functions.get(api_utils.get_function_name(request["FunctionName"], context))


def _then_balanced(handler: Any, service: LambdaService) -> Any:
    def handle(context: Any, request: Mapping[str, Any]) -> Any:
        response = handler(context, request)
        if function := _function(context, request):
            _balance(service, function)
        return response

    return handle


def _summed(handler: Any, service: LambdaService) -> Any:
    """What an alias has is what its versions have."""

    def handle(context: Any, request: Mapping[str, Any]) -> Any:
        response, function = handler(context, request), _function(context, request)
        alias = function.aliases.get(request["Qualifier"]) if function else None
        if function is None or alias is None:
            return response
        parts = _parts(alias, alias.name, response["RequestedProvisionedConcurrentExecutions"])
        arns = [function.versions[version].id.qualified_arn() for version in parts]
        states = [service.get_lambda_version_manager(arn).provisioned_state for arn in arns]
        return response | _sum([state or ProvisionedConcurrencyState() for state in states])

    return handle


def _with_reservation(handler: Any) -> Any:
    """A function that is switched off has a reservation, too: of nothing."""

    def handle(context: Any, request: Mapping[str, Any]) -> Any:
        response, function = handler(context, request), _function(context, request)
        reserved = function.reserved_concurrent_executions if function else None
        if reserved is None:
            return response
        return response | {"Concurrency": {"ReservedConcurrentExecutions": reserved}}

    return handle


def _sum(states: list[ProvisionedConcurrencyState]) -> dict[str, Any]:
    worst = min(states, key=lambda state: [Status.FAILED, Status.IN_PROGRESS, Status.READY].index(state.status))
    available = sum(state.available for state in states)
    return {
        "AvailableProvisionedConcurrentExecutions": available,
        "AllocatedProvisionedConcurrentExecutions": available,
        "Status": worst.status,
        "StatusReason": worst.status_reason,
    }
