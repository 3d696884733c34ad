"""What is kept of a mapping that reads a stream: how far it has come, and how long it waits after a failure."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from dataclasses import dataclass, field

from localstack_dockerless.services.mappings.lanes import Lane
from localstack_dockerless.services.mappings.windows import Window


@dataclass
class Backoff:
    """The waits between attempts: 0.5, 1, 2 ... up to 60 seconds, times the scale of the server's time."""

    scale: float = 1.0

    def seconds(self, attempt: int) -> float:
        """Before the attempt of that number, counted from 1."""
        return min(60.0, 2.0 ** (min(attempt, 8) - 2)) * self.scale


BACKOFF = Backoff()


@dataclass
class Progress:
    """How far a mapping has come; survives its updates.

    Attributes:
        places: by shard, the iterator to go on with.
        ended: shards read to their end.
        first: the shards there were at the beginning.
        locks: by shard, held by the one who reads it.
        waiting: by shard, what is read and not handled yet, with a ParallelizationFactor.
        windows: by shard, the tumbling window that is open.
    """

    places: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    waiting: dict[str, list[Lane]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)


PROGRESS: weakref.WeakValueDictionary[str, Progress] = weakref.WeakValueDictionary()
"""By the UUID of the mapping; its poller holds it."""
