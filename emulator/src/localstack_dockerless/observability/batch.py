"""A list that many threads fill and one empties, at least every so often."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

LOG = logging.getLogger(__name__)
INTERVAL = 0.25  # seconds between an item's arrival and its writing, at most; AWS takes longer

Item = TypeVar("Item")


class Batch(Generic[Item]):
    """Collects items and hands them, in the order they came, to `write`.

    Args:
        write: takes what has come since the last time; an exception is logged and loses that batch alone.
        interval: seconds.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None], interval: float = INTERVAL) -> None:
        self._write = write
        self._interval = interval
        self._items: list[Item] = []
        self._filling = threading.Lock()
        self._writing = threading.Lock()
        self._waiting = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, item: Item) -> None:
        """Take one item; never blocks for writing."""
        with self._filling:
            self._items.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="dockerless-batch", daemon=True)
                self._thread.start()
        if not self._waiting.is_set():
            self._waiting.set()

    def flush(self) -> None:
        """Write what is there; returns when it is written."""
        with self._writing:
            with self._filling:
                items, self._items = self._items, []
            if items:
                self._try(items)

    def discard(self, unwanted: Callable[[Item], bool]) -> None:
        """Forget the items of which `unwanted` is true."""
        with self._writing, self._filling:
            self._items = [item for item in self._items if not unwanted(item)]

    def _run(self) -> None:
        while True:
            self._waiting.wait()
            time.sleep(self._interval)
            self._waiting.clear()
            self.flush()

    def _try(self, items: Sequence[Item]) -> None:
        try:
            self._write(items)
        except Exception:
            LOG.exception("lost a batch of %d items", len(items))
