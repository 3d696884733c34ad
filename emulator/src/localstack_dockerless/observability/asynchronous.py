"""Metrics of events: asynchronous ones on their way, and records of streams when they reach the function.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

import dataclasses
import time
from datetime import datetime, timedelta
from typing import Any

from localstack.services.lambda_.api_utils import qualifier_is_alias
from localstack.services.lambda_.event_source_mapping.esm_event_processor import EsmEventProcessor
from localstack.services.lambda_.invocation import event_manager
from localstack.services.lambda_.invocation.event_manager import LambdaEventManager, Poller, SQSInvocation
from localstack.services.lambda_.invocation.lambda_models import Invocation
from localstack.utils.patch import Patch, Patches, create_patch_proxy

from localstack_dockerless.observability.metrics import SAMPLES, Reading

_STARTED = datetime.now(), time.monotonic()


def steady() -> datetime:
    """Return what this machine's clock would show, had nobody set it and no summer begun since the server started."""
    at, mark = _STARTED
    return at + timedelta(seconds=time.monotonic() - mark)


def add_to(patches: Patches, time_scale: float) -> None:
    """Add what counts events.

    Args:
        patches: applied by the caller.
        time_scale: of the waits of asynchronous invocations; an event ages by the unscaled ones.
    """

    def handle(original: Any, poller: Poller, message: dict[str, Any]) -> None:
        if not getattr(poller.version_manager, "forgotten", False):
            invocation = SQSInvocation.decode(message["Body"]).invocation
            age = (steady() - invocation.invoke_time).total_seconds() * 1000 / time_scale
            _count(poller.version_manager, invocation, "AsyncEventAge", "Milliseconds", max(0.0, age))
        original(poller, message)

    patches.function(LambdaEventManager.enqueue_event, _enqueue)
    patches.function(Poller.handle_message, handle)
    patches.function(Poller.process_dead_letter_queue, _drop)
    # By the name in this module: EventBridge uses the same function for its own targets.
    deliver = create_patch_proxy(event_manager.send_event_to_target, _deliver)
    patches.add(Patch(event_manager, "send_event_to_target", deliver))
    patches.function(event_manager.dead_letter_queue.send_to_dead_letter_queue, _dead_letter)
    patches.function(EsmEventProcessor.process_events_batch, _process)


def _count(manager: Any, invocation: Invocation, name: str, unit: str = "Count", value: float = 1) -> None:
    identifier = manager.function_version.id
    qualifier = invocation.invoked_arn.split(":")[7:]
    alias = qualifier[0] if qualifier and qualifier_is_alias(qualifier[0]) else None
    place = identifier.account, identifier.region, identifier.function_name, identifier.qualifier
    SAMPLES.add(Reading(*place, alias, name, unit, value))


def _count_for(function_arn: str, name: str, unit: str = "Count", value: float = 1) -> None:
    """By the ARN alone; one without a version means $LATEST."""
    _, _, _, region, account, _, function, *qualifiers = function_arn.split(":")
    qualifier = qualifiers[0] if qualifiers else "$LATEST"
    alias = qualifier if qualifier_is_alias(qualifier) else None
    SAMPLES.add(Reading(account, region, function, qualifier, alias, name, unit, value))


def _enqueue(original: Any, manager: LambdaEventManager, invocation: Invocation) -> None:
    """An event ages on a clock that does not jump, lest it be too old when a laptop wakes up."""
    original(manager, dataclasses.replace(invocation, invoke_time=steady()))
    _count(manager.version_manager, invocation, "AsyncEventsReceived")


def _drop(original: Any, poller: Poller, event: SQSInvocation, response: Any) -> None:
    """Called for each event that is given up, with or without a queue.

    Without a response, as for a function whose reserved concurrency is 0, LocalStack fails here and loses the event.
    """
    _count(poller.version_manager, event.invocation, "AsyncEventsDropped")
    original(poller, event, response or {"errorMessage": "Rate Exceeded."})


def _deliver(original: Any, *args: Any, **kwargs: Any) -> Any:
    try:
        return original(*args, **kwargs)
    except Exception:
        _count_for(kwargs["source_arn"], "DestinationDeliveryFailures")
        raise


def _dead_letter(original: Any, *args: Any, **kwargs: Any) -> Any:
    try:
        return original(*args, **kwargs)
    except Exception:
        source = kwargs.get("source_arn", "")  # SNS sends its own dead letters through here
        if ":lambda:" in source:
            _count_for(source, "DeadLetterErrors")
        raise


def _process(original: Any, processor: EsmEventProcessor, events: Any) -> None:
    """The age of the last record counts each time the function gets it, so it grows with every retry."""
    arrived = _arrival(events[-1]) if isinstance(events, list) and events else None
    if arrived:
        age = max(0.0, time.time() - arrived) * 1000
        _count_for(processor.sender.target_arn, "IteratorAge", "Milliseconds", age)
    original(processor, events)


def _arrival(event: dict[str, Any]) -> float | None:
    """When a stream got a record, in seconds; None for an event of another source."""
    at = event.get("kinesis", {}).get("approximateArrivalTimestamp")
    at = at or event.get("dynamodb", {}).get("ApproximateCreationDateTime")
    at = at.timestamp() if isinstance(at, datetime) else at
    return at if isinstance(at, int | float) else None
