"""A function version's invocations: LocalStack's manager, with log events and metrics collected in batches."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api.lambda_ import (
    ProvisionedConcurrencyStatusEnum,
    ServiceException,
    ThrottleReason,
    TooManyRequestsException,
)
from localstack.services.lambda_.api_utils import qualifier_is_alias
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import (
    InitializationType,
    Invocation,
    InvocationResult,
)
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

from localstack_dockerless.executor import early
from localstack_dockerless.executor.result import Figures
from localstack_dockerless.observability import concurrency
from localstack_dockerless.observability.logs import OUTPUTS, Output
from localstack_dockerless.observability.metrics import SAMPLES, Provisioned, Sample

PARTS_OF_QUALIFIED_ARN = 8


class BatchingVersionManager(LambdaVersionManager):
    """Runs an invocation in an environment and leaves its traces to the batches."""

    forgotten = False
    """After a reset: nothing that is still at work leaves a trace."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.log_handler: Any = _NoThread()

    def invoke(self, *, invocation: Invocation) -> InvocationResult:
        """Run one invocation; the rules are LocalStack's."""
        if self.shutdown_event.is_set():
            raise ServiceException(f"Version {self.function_arn} is shutting down: {invocation.request_id}")
        started = time.perf_counter()
        try:
            with contextlib.ExitStack() as lease:
                provisioning_type = lease.enter_context(
                    self.counting_service.get_invocation_lease(
                        self.function, self.function_version, self.provisioned_state
                    )
                )
                result = self._run(invocation, provisioning_type)
                at_work = self._at_work(provisioning_type)
                kept = lease.pop_all()
        except TooManyRequestsException as error:
            if self.function.reserved_concurrent_executions is None:  # LocalStack gives one reason for both
                error.Reason = ThrottleReason.ConcurrentInvocationLimitExceeded
            self._sample(invocation, throttled=True)
            raise

        def over(_log: str, figures: Figures | None) -> None:
            kept.close()
            duration = figures.duration if figures else (time.perf_counter() - started) * 1000
            extensions = figures.extensions if figures else None
            self._sample(invocation, error=result.is_error, duration=duration, extensions=extensions, **at_work)

        early.when_over(result, over)
        return result

    def _run(self, invocation: Invocation, provisioning_type: Any) -> InvocationResult:
        version = self.function_version
        try:
            with self.assignment_service.get_environment(self.id, version, provisioning_type) as environment:
                result = environment.invoke(invocation)
                self.store_logs(result, environment)
        except StatusErrorException as error:
            result = InvocationResult(request_id="", payload=error.payload, is_error=True, logs="")
        result.executed_version = version.id.qualifier
        return result

    def _at_work(self, provisioning_type: InitializationType) -> dict[str, Any]:
        """How many environments are running an invocation, this one included."""
        identifier, state = self.function_version.id, self.provisioned_state
        provisioned = None
        if state and state.status == ProvisionedConcurrencyStatusEnum.READY:
            spilled = provisioning_type != InitializationType.provisioned_concurrency
            at_work = concurrency.of_version(self.counting_service, identifier)
            provisioned = Provisioned(spilled, at_work, state.allocated)
        return {
            "concurrency": concurrency.of_function(self.counting_service, identifier),
            "provisioned": provisioned,
            "regional": concurrency.of_region(self.counting_service, identifier),
        }

    def _sample(self, invocation: Invocation, **measured: Any) -> None:
        if self.forgotten:
            return
        function = self.function_version.id
        SAMPLES.add(
            Sample(
                function.account,
                function.region,
                function.function_name,
                function.qualifier,
                alias=_alias(invocation.invoked_arn),
                **measured,
            )
        )

    def store_logs(self, invocation_result: InvocationResult, execution_env: ExecutionEnvironment) -> None:
        """Hand the output to the batch."""
        function = self.function_version.id
        place = (execution_env.get_log_group_name(), execution_env.get_log_stream_name())
        role = self.function_version.config.role

        def store(log: str, _figures: Figures | None) -> None:
            if log and not self.forgotten:
                OUTPUTS.add(Output(function.account, function.region, *place, log, role, function.function_name))

        early.when_over(invocation_result, store)


class _NoThread:
    """Stands where LocalStack has a thread per version that writes log events."""

    def start_subscriber(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""


def _alias(invoked_arn: str) -> str | None:
    parts = invoked_arn.split(":")
    if len(parts) < PARTS_OF_QUALIFIED_ARN or not qualifier_is_alias(parts[-1]):
        return None
    return parts[-1]


def log_stream_name(environment: ExecutionEnvironment) -> str:
    """`YYYY/MM/DD/[version]id`, the same for all of an environment's life, in UTC.

    In a log group of one's own choice, which functions may share, the function's name stands before the version.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    name: str | None = environment.__dict__.get("dockerless_stream")
    if name is None:
        function = environment.function_version.id
        shared = environment.get_log_group_name() != f"/aws/lambda/{function.function_name}"
        owner = function.function_name if shared else ""
        name = f"{datetime.now(UTC):%Y/%m/%d}/{owner}[{function.qualifier}]{environment.id}"
        environment.__dict__["dockerless_stream"] = name
    return name
