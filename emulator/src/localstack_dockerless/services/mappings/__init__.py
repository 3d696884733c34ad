"""Event source mappings: LocalStack's, with pollers of our own for streams and queues.

LocalStack reads one batch of one shard a second, starts again from the beginning after an update, does not split
failing batches, and gives messages of a queue to one invocation at a time.
"""

from __future__ import annotations

from localstack.services.lambda_.event_source_mapping import esm_worker_factory
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services.mappings import progress, queues, rules, streams, workers

_patches = Patches()


def apply(time_scale: float) -> None:
    """Put them in the place of LocalStack's, once in a server's life.

    Args:
        time_scale: factor for the waits between attempts.
    """
    if _patches.patches:
        return
    progress.BACKOFF.scale = time_scale
    _patches.add(Patch(esm_worker_factory, "DynamoDBPoller", streams.TablePoller))
    _patches.add(Patch(esm_worker_factory, "KinesisPoller", streams.KinesisPoller))
    _patches.add(Patch(esm_worker_factory, "SqsPoller", queues.QueuePoller))
    _patches.add(Patch(esm_worker_factory, "EsmWorker", workers.Worker))
    _patches.apply()
    rules.apply()
