"""When messages come back that are delayed or being handled: in queues of SQS, and in Lambda's own for asynchronous events.

LocalStack 2026.3.0 looks once a second, so that a delay or a visibility timeout of one second may take two. Rules:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
"""

from __future__ import annotations

from typing import Final

from localstack.services.sqs.provider import QueueUpdateWorker
from localstack.utils.patch import Patch, Patches
from localstack.utils.scheduler import Scheduler
from localstack.utils.threads import start_thread

PERIOD: Final = 0.1  # seconds between two looks at all queues
_patches = Patches()


def look_often() -> None:
    """Have both kinds of queues looked at often enough, once in a server's life."""
    if not _patches.patches:
        _patches.add(Patch(QueueUpdateWorker, "start", _start))
        _patches.apply()


def _start(worker: QueueUpdateWorker) -> None:
    """As theirs, but for the period; after a sleep of the machine it does not make up for what it missed."""
    with worker.mutex:
        if worker.thread:
            return
        worker.scheduler = scheduler = Scheduler()
        scheduler.schedule(worker.do_update_all_queues, period=PERIOD, fixed_rate=False)
        worker.thread = start_thread(lambda *_: scheduler.run(), name="sqs-queue-update-worker")
