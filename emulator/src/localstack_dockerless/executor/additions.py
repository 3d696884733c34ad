"""What LocalStack lacks around its executor, added to the classes that would have it."""

from __future__ import annotations

import contextlib
from typing import Any

from localstack.aws.api.lambda_ import InvocationType, State, StateReasonCode
from localstack.services.lambda_.invocation import lambda_models
from localstack.services.lambda_.invocation.assignment import AssignmentService
from localstack.services.lambda_.invocation.event_manager import LambdaEventManager, Poller
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment, RuntimeStatus
from localstack.services.lambda_.invocation.lambda_models import Invocation, InvocationResult, S3Code, VersionState
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager
from localstack.utils.patch import Patch, Patches, create_patch_proxy

from localstack_dockerless.executor import archive, asynchronous, code, payloads, updates
from localstack_dockerless.executor.environment import NotBegun
from localstack_dockerless.executor.executor import ProcessExecutor
from localstack_dockerless.runtimes import RuntimeUnavailable
from localstack_dockerless.services.xray.segments import Trace

_STARTUP_LIMIT = 960
"""Seconds after which LocalStack gives a start up; the executor's own limits end it long before."""

_patches = Patches()


def apply() -> None:
    """Adds everything, once."""
    if _patches.patches:
        return
    _patches.function(LambdaService.invoke, _invoke)
    _patches.function(LambdaService.stop, _stop_service)
    _patches.function(LambdaService.stop_version, _stop_version)
    _patches.function(LambdaVersionManager.start, _start_version)
    _patches.function(LambdaVersionManager.stop, updates.stop_version)
    _patches.function(AssignmentService.get_environment, updates.get_environment)
    _patches.function(LambdaEventManager.stop_for_update, updates.stop_for_update)
    _patches.function(Poller.run, updates.run_poller)
    _patches.function(Poller.stop, updates.stop_poller)
    _patches.function(S3Code.destroy_cached, code.destroy_cached)
    _patches.add(Patch(lambda_models, "unzip", archive.extract))
    _patches.add(Patch(lambda_models, "chmod_r", code.make_readable))
    _patches.function(ExecutionEnvironment.invoke, _invoke_environment)
    # By name: the method may have been replaced already, by a function of another module.
    release = create_patch_proxy(ExecutionEnvironment.release, _release_environment)
    _patches.add(Patch(ExecutionEnvironment, "release", release))
    _patches.function(ExecutionEnvironment.get_log_group_name, _log_group)
    _patches.function(ExecutionEnvironment._get_startup_timeout_seconds, _startup_limit)
    _patches.apply()


def _invoke(original: Any, service: LambdaService, *args: Any, **kwargs: Any) -> Any:
    payload, invocation_type = kwargs.get("payload"), kwargs.get("invocation_type")
    if payload:
        payloads.check_size(len(payload), invocation_type)
        payloads.check_json(payload)
    if invocation_type == InvocationType.Event:
        asynchronous.note(kwargs["request_id"])
    return updates.invoke_current(original, service, *args, **kwargs)


def _stop_service(original: Any, service: LambdaService) -> None:
    original(service)
    ProcessExecutor.stop_retired()
    ProcessExecutor.stop_at_once(None)


def _stop_version(original: Any, service: LambdaService, qualified_arn: str) -> None:
    """A function whose creation failed has nothing to stop, and can be deleted all the same."""
    with contextlib.suppress(ValueError):
        original(service, qualified_arn)


def _start_version(original: Any, manager: LambdaVersionManager) -> VersionState:
    """A runtime that this machine does not have is the function's problem, not an internal error."""
    try:
        ProcessExecutor.check(manager.function_version)
    except RuntimeUnavailable as unavailable:
        manager.state = VersionState(State.Failed, StateReasonCode(unavailable.code), str(unavailable))
        return manager.state
    return original(manager)


def _invoke_environment(original: Any, environment: ExecutionEnvironment, invocation: Invocation) -> InvocationResult:
    """LocalStack drops the client context and the trace on the way; there is one invocation at a time in an environment."""
    if environment.status is not RuntimeStatus.INVOKING:
        raise NotBegun("The execution environment was stopped meanwhile.")
    executor: Any = environment.runtime_executor
    executor.client_context = payloads.client_context(invocation.client_context)
    # LocalStack samples everything, whatever the function's TracingConfig says and the caller has decided.
    header = invocation.trace_context.get("aws_trace_header")
    executor.trace = Trace(
        environment.function_version, header, invocation.request_id, asynchronous.status(invocation.request_id)
    )
    return original(environment, invocation)


def _release_environment(original: Any, environment: ExecutionEnvironment) -> None:
    """One that finished an invocation of an outdated version is over, which is no error.

    One whose extensions are still at work is not free yet.
    """

    def release(_rest: object = None) -> None:
        if environment.status is not RuntimeStatus.STOPPED:
            original(environment)

    executor: Any = environment.runtime_executor
    rest, executor.rest = executor.rest, None
    if rest:
        rest.add_done_callback(release)
    else:
        release()


def _startup_limit(_original: Any, _environment: ExecutionEnvironment) -> int:
    return _STARTUP_LIMIT


def _log_group(original: Any, environment: ExecutionEnvironment) -> str:
    """A log group of one's own choice."""
    return str(environment.function_version.config.logging_config.get("LogGroup") or original(environment))
