"""Log events of invocations, into CloudWatch Logs."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from localstack_dockerless.observability.batch import Batch

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Output:
    """What one execution environment wrote during one invocation, START and REPORT lines included."""

    account: str
    region: str
    group: str
    stream: str
    text: str
    at: int = field(default_factory=lambda: int(time.time() * 1000))  # milliseconds

    @property
    def place(self) -> tuple[str, str, str, str]:
        """The log stream, in full."""
        return self.account, self.region, self.group, self.stream

    def events(self) -> list[dict[str, Any]]:
        """One event a line; CloudWatch accepts no empty ones."""
        return [{"timestamp": self.at, "message": f"{line}\n"} for line in self.text.split("\n") if line]


def _write(outputs: Sequence[Output]) -> None:
    for place, together in groupby(sorted(outputs, key=lambda output: output.place), key=lambda output: output.place):
        events = [event for output in together for event in output.events()]
        if events:
            account, region, group, stream = place
            try:
                _put(account, region, group, stream, events)
            except Exception:  # what befalls one group must not cost the others their lines
                LOG.exception("cannot write %d log events to %s", len(events), group)


def _put(account: str, region: str, group: str, stream: str, events: list[dict[str, Any]]) -> None:
    from localstack.services.logs.models import get_moto_logs_backend
    from localstack.services.plugins import SERVICE_PLUGINS

    SERVICE_PLUGINS.require("logs")
    backend = get_moto_logs_backend(account, region)
    if group not in backend.groups:
        backend.create_log_group(group, {})
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    backend.groups[group].put_log_events(stream, events)


OUTPUTS: Batch[Output] = Batch(_write)
"""The server's one batch of log events."""
