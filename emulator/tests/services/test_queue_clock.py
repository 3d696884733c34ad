"""How soon hidden messages come back: LocalStack looks once a second, so that one second of delay could take two."""

from __future__ import annotations

import threading
import time

import pytest
from localstack.services.lambda_.invocation.internal_sqs_queue import EventQueueUpdateWorker
from localstack.services.sqs.provider import QueueUpdateWorker
from localstack_dockerless.services import queues

LOOKS = 5
PATIENCE = 2.5  # seconds; LocalStack needs four for so many looks


@pytest.mark.parametrize("kind", [QueueUpdateWorker, EventQueueUpdateWorker])
def test_all_queues_are_looked_at_several_times_a_second(kind):
    queues.look_often()
    worker, looks = kind(), threading.Semaphore(0)
    worker.do_update_all_queues = looks.release
    started = time.monotonic()
    worker.start()
    worker.start()
    seen = [looks.acquire(timeout=PATIENCE) for _ in range(LOOKS)]
    took = time.monotonic() - started
    worker.stop()
    assert all(seen)
    assert took < PATIENCE


def test_a_delayed_message_comes_in_time(server):
    """One that is sent right after another has come is a whole second late where the queues are looked at once a second."""
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="clock")["QueueUrl"]
    late = []
    for _ in range(4):
        sent = time.monotonic()
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
        [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
        late.append(time.monotonic() - sent - 1)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert min(late[1:]) < 0.6, late
