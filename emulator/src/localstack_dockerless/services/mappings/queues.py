"""Queues as event sources: several batches at a time, up to the mapping's maximum concurrency.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from localstack.services.lambda_.event_source_mapping.event_processor import BatchFailureError, PartialBatchFailureError
from localstack.services.lambda_.event_source_mapping.pollers import sqs_poller
from localstack.services.lambda_.event_source_mapping.pollers.poller import parse_batch_item_failures
from localstack.utils.event_matcher import matches_event

from localstack_dockerless.services.mappings.batches import by_size

LOG = logging.getLogger(__name__)
BEGINNING = 5  # batches at a time, where a mapping names no maximum
WAIT = 1  # seconds one question waits for messages
REST = 0.05  # seconds between two questions, when the first did not fill a batch

Message = dict[str, Any]


class QueuePoller(sqs_poller.SqsPoller):
    """Asks for the next batch when there is somebody to take it."""

    def configure(self, mapping: Any) -> None:
        """Take what the mapping says."""
        concurrency = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency") or BEGINNING
        self.free = threading.Semaphore(concurrency)
        self.pool = ThreadPoolExecutor(concurrency, f"event-source-mapping-{mapping['UUID']}")
        self.closed = threading.Event()

    def close(self) -> None:
        """What is running goes on to its end."""
        self.closed.set()
        self.pool.shutdown(wait=False)

    def poll_events(self) -> None:
        """One batch, once there is room for it."""
        if not self.free.acquire(timeout=WAIT):
            return
        try:
            messages = self._kept(self._receive())
            parts = self._parts(messages) if messages else []
        except BaseException:
            self.free.release()
            raise
        if not parts:
            self.free.release()
        else:
            self._begin(parts)
        if len(messages) < self.batch_size:
            self.closed.wait(REST)

    def _kept(self, messages: list[Message]) -> list[Message]:
        """What came in while the mapping was switched off, changed or deleted goes back to the queue at once."""
        if not self.closed.is_set():
            return messages
        for message in messages:
            with contextlib.suppress(ClientError, BotoCoreError):
                self.source_client.change_message_visibility(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
        return []

    def _begin(self, parts: list[list[Message]]) -> None:
        try:
            self.pool.submit(self._handle_all, parts)
        except RuntimeError:  # closed meanwhile: what is received is handled all the same
            self._handle_all(parts)

    def _receive(self) -> list[Message]:
        """As LocalStack, whose header makes a queue wait for the whole window; without a window, for a first message."""
        wait = {"sqs_override_wait_time_seconds": self.maximum_batching_window} if self.maximum_batching_window else {}
        answer = self.source_client.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(self.batch_size, sqs_poller.DEFAULT_MAX_RECEIVE_COUNT),
            WaitTimeSeconds=min(self.maximum_batching_window or WAIT, sqs_poller.DEFAULT_MAX_WAIT_TIME_SECONDS),
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            sqs_override_max_message_count=self.batch_size,
            **wait,
        )
        return list(answer.get("Messages", []))

    def _parts(self, messages: list[Message]) -> list[list[Message]]:
        """The groups of a FIFO queue apart, in their order."""
        if self.is_fifo_queue:
            return list(sqs_poller.split_by_message_group_id(messages).values())
        return [messages]

    def _handle_all(self, parts: list[list[Message]]) -> None:
        try:
            for part in parts:
                self._handle(part)
        finally:
            self.free.release()

    def _handle(self, messages: list[Message]) -> None:
        """Delete what does not match and what is handled; the rest comes back after the visibility timeout."""
        try:
            events = sqs_poller.transform_into_events(messages)
            matching = [event for event in events if self.matches(event)]
            chosen = {event["messageId"] for event in matching}
            self._delete(messages, {event["messageId"] for event in events} - chosen)
            for part in by_size(self.add_source_metadata(matching)):
                through = self._invoke(part)
                self._delete(messages, through)
                if self.is_fifo_queue and len(through) < len(part):
                    return  # what follows in its group waits until it comes back
        except (ClientError, BotoCoreError) as error:  # throttled, or not reached
            LOG.info("event source mapping of %s: %s", self.source_arn, error)
        except Exception:
            LOG.exception("event source mapping of %s", self.source_arn)

    def matches(self, event: dict[str, Any]) -> bool:
        """Whether one of the filters lets it through; they see a JSON body decoded.

        Rule: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
        """
        if not self.filter_patterns:
            return True
        seen = dict(event)
        with contextlib.suppress(ValueError, RecursionError):
            seen["body"] = json.loads(event["body"])
        return any(matches_event(pattern, seen) for pattern in self.filter_patterns)

    def _invoke(self, events: list[dict[str, Any]]) -> set[str]:
        """The ids of the messages that are through."""
        sent = {event["messageId"] for event in events}
        try:
            self.processor.process_events_batch(events)
        except PartialBatchFailureError as error:
            return sent - _failures(error.partial_failure_payload, sent)
        except BatchFailureError:
            return set()
        return sent

    def _delete(self, messages: Iterable[Message], ids: set[str]) -> None:
        if ids:
            self.delete_messages(list(messages), ids)


def _failures(answer: Any, sent: set[str]) -> set[str]:
    """The ids the function reports; all of them if its answer makes no sense."""
    try:
        return set(parse_batch_item_failures(answer, sent))
    except (AttributeError, KeyError, TypeError, ValueError):
        return sent
