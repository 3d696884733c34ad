"""The worker of a mapping: one thread, which its poller may help with more."""

from __future__ import annotations

import logging
import threading
from typing import Any, Final
from weakref import WeakValueDictionary

from localstack.services.lambda_.event_source_mapping.esm_worker import EsmState, EsmWorker

from localstack_dockerless.services.mappings.problems import Reporter, Watched

LOG = logging.getLogger(__name__)
_READING: Final[WeakValueDictionary[str, threading.Lock]] = WeakValueDictionary()
"""For each mapping, what the worker holds that reads for it; an update makes another worker."""


class Worker(EsmWorker):
    """Tells its poller what the mapping says beyond LocalStack's parameters, and lets it begin before it is enabled."""

    def __init__(self, esm_config: Any, *args: Any, **named: Any) -> None:
        super().__init__(esm_config, *args, **named)
        self._reading = _READING.setdefault(str(esm_config.get("UUID")), threading.Lock())
        if client := getattr(self.poller, "source_client", None):
            reporter = Reporter(lambda: self._state.event_source_mappings.get(self.uuid))
            self.poller.source_client = Watched(client, reporter.tell)
        configure = getattr(self.poller, "configure", None)
        if configure:
            configure(esm_config)

    def start(self) -> None:
        """What is written after the answer to CreateEventSourceMapping counts as later, also for LATEST."""
        prepare = getattr(self.poller, "prepare", None)
        if prepare:
            try:
                prepare()
            except Exception:  # a stream that is not active yet
                LOG.info("event source mapping %s begins later", self.uuid, exc_info=True)
        super().start()

    def poller_loop(self, *args: Any, **named: Any) -> None:
        """Begin, and say so, when the worker before it has ended: what it is asking for comes with the settings of before."""
        if self._reading.locked():
            self.current_state = EsmState.UPDATING
        with self._reading:
            super().poller_loop(*args, **named)

    def stop_for_shutdown(self) -> None:
        """At a reset, too: whatever waits between attempts ends."""
        super().stop_for_shutdown()
        self.poller.close()

    def stop(self) -> None:
        """End reading before LocalStack's thread wakes."""
        super().stop()
        self.poller.close()

    def delete(self) -> None:
        """End reading before LocalStack's thread wakes."""
        super().delete()
        self.poller.close()
