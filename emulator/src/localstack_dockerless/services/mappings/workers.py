"""The worker of a mapping: one thread, which its poller may help with more."""

from __future__ import annotations

import logging
from typing import Any

from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker

from localstack_dockerless.services.mappings.problems import Reporter, Watched

LOG = logging.getLogger(__name__)


class Worker(EsmWorker):
    """Tells its poller what the mapping says beyond LocalStack's parameters, and lets it begin before it is enabled."""

    def __init__(self, esm_config: Any, *args: Any, **named: Any) -> None:
        super().__init__(esm_config, *args, **named)
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
