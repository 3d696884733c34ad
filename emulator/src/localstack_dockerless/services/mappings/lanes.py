"""Several batches of a shard at a time: records of one key keep their order, others do not wait for them.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#kinesis-polling-and-batching and
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#dynamodb-polling-and-batching
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from localstack_dockerless.services.mappings.batches import Event

LOG = logging.getLogger(__name__)
ROOM = 1000  # records that wait in one lane before the shard is read no further
LOOK = 0.1  # seconds between two looks at whether the mapping has ended

Lane = deque[Event]


@dataclass(frozen=True)
class Work:
    """What is done with the records of a shard.

    Attributes:
        size: the records of a batch.
        key: of an event, whose order is kept.
        deliver: brings a batch to the function; false if the mapping ended before.
        ended: set when the mapping ends.
    """

    size: int
    key: Callable[[Event], str]
    deliver: Callable[[list[Event]], bool]
    ended: threading.Event


class Lanes:
    """The outlet of a mapping with a ParallelizationFactor: as many lanes, each with a thread while it has work.

    Args:
        factor: how many.
        work: what they do.

    Attributes:
        waiting: what is read and not handled yet, by lane; survives an update of the mapping.
    """

    def __init__(self, factor: int, work: Work) -> None:
        self.batches = factor
        self.waiting: list[Lane] = [deque() for _ in range(factor)]
        self._work = work
        self._changed = threading.Condition()
        self._busy: set[int] = set()

    def take(self, events: list[Event]) -> bool:
        """Put events into their lanes, once there is room; false if the mapping ended before."""
        if not self._until(lambda: all(len(lane) < ROOM for lane in self.waiting)):
            return False
        with self._changed:
            for event in events:
                self.waiting[zlib.crc32(self._work.key(event).encode()) % self.batches].append(event)
        self._start()
        return True

    def reached(self, _moment: float) -> bool:
        """There is nothing to do."""
        self._start()
        return True

    def end(self) -> bool:
        """The shard has ended: wait for what is left of it; false if the mapping ended before."""
        return self._until(lambda: not any(self.waiting))

    def close(self) -> None:
        """Wait for the invocations that are running."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)

    def _until(self, condition: Callable[[], bool]) -> bool:
        while not self._work.ended.is_set():
            self._start()
            with self._changed:
                if self._changed.wait_for(condition, LOOK):
                    return True
        return False

    def _start(self) -> None:
        """Have a thread for each lane with work, also for one whose thread has failed."""
        with self._changed:
            for number in range(self.batches):
                if self.waiting[number] and number not in self._busy and not self._work.ended.is_set():
                    self._busy.add(number)
                    threading.Thread(target=self._run, args=(number,), name="dockerless-lane", daemon=True).start()

    def _run(self, number: int) -> None:
        try:
            while self._deliver_next(self.waiting[number]):
                pass
        except Exception:
            LOG.exception("a batch is tried again")
        finally:
            with self._changed:
                self._busy.discard(number)
                self._changed.notify_all()

    def _deliver_next(self, lane: Lane) -> bool:
        """The next batch of a lane, which keeps it until it is handled."""
        with self._changed:
            batch = list(islice(lane, self._work.size))
        if not batch or self._work.ended.is_set() or not self._work.deliver(batch):
            return False
        with self._changed:
            for _ in batch:
                lane.popleft()
            self._changed.notify_all()
        return True
