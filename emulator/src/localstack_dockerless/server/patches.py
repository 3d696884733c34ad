"""Where LocalStack has no hook: the names of its modules that are replaced, all in one place."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api.lambda_ import Runtime
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation import event_manager, lambda_service
from localstack.services.lambda_.invocation.event_manager import LambdaEventManager
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.internal_sqs_queue import FakeSqsClient, get_fake_sqs_client
from localstack.services.lambda_.runtimes import SNAP_START_SUPPORTED_RUNTIMES
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.observability import asynchronous
from localstack_dockerless.observability.logs import OUTPUTS
from localstack_dockerless.server import environments, versions

_patches = Patches()


def apply(time_scale: float) -> None:
    """Replace them, once, before the Lambda service is first used."""
    if _patches.patches:
        return
    _patches.add(Patch(lambda_service, "LambdaVersionManager", versions.BatchingVersionManager))
    _patches.add(Patch(ExecutionEnvironment, "get_log_stream_name", versions.log_stream_name))
    _patches.add(Patch(ExecutionEnvironment, "release", environments.release))
    _patches.add(Patch(api_utils, "format_lambda_date", _date))
    _patches.add(Patch(api_utils, "LAMBDA_DATE_FORMAT", "%Y-%m-%dT%H:%M:%S.%f%z"))  # with which it reads them again
    _patches.function(LambdaEventManager.stop, _stop_at_once)
    _patches.function(lambda_service.LambdaService.stop_version, _write_logs_first)
    asynchronous.add_to(_patches, time_scale)
    if Runtime.python3_14 not in SNAP_START_SUPPORTED_RUNTIMES:  # LocalStack's list ends with 3.13
        SNAP_START_SUPPORTED_RUNTIMES.append(Runtime.python3_14)
    _scale_waits(time_scale)
    _patches.apply()


def _date(at: datetime) -> str:
    """Universal time to the millisecond; LocalStack writes the machine's own to the microsecond, and calls it universal."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _stop_at_once(original: Any, manager: LambdaEventManager) -> None:
    """Wake the thread that waits for asynchronous invocations; it sleeps for up to 2 s."""
    queue = get_fake_sqs_client().queue_manager.queues.get(manager.event_queue_url or "")
    if manager.poller and queue:
        manager.poller.stop()
        queue.shutdown()
    original(manager)


def _write_logs_first(original: Any, service: lambda_service.LambdaService, qualified_arn: str) -> Any:
    """Write the log events that wait before a version goes, so that a log group deleted after its function does not come back."""
    OUTPUTS.flush()
    return original(service, qualified_arn)


def _scale_waits(scale: float) -> None:
    """Shorten the waits of asynchronous invocations, between retries and after throttling, and count them steadily.

    The rules of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html hold in scaled time.
    Waits are whole seconds, as LocalStack's queue counts them.
    """

    def send(original: Any, client: FakeSqsClient, **message: Any) -> Any:
        if delay := message.get("DelaySeconds"):
            message["DelaySeconds"] = math.ceil(delay * scale)
        return original(client, **message)

    def in_time(original: Any, queued: Any, configuration: Any) -> Any:
        return original(_aged(queued, scale), configuration)

    _patches.function(FakeSqsClient.send_message, send)
    _patches.function(event_manager.has_enough_time_for_retry, in_time)


def _aged(queued: Any, scale: float) -> Any:
    """Have LocalStack, which subtracts two times of day, find the age of an event that has waited so long."""
    age = (asynchronous.steady() - queued.invocation.invoke_time) / scale
    return dataclasses.replace(
        queued, invocation=dataclasses.replace(queued.invocation, invoke_time=datetime.now() - age)
    )
