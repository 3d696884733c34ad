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
    """What one execution environment wrote during one invocation, START and REPORT lines included.

    Args:
        role: the ARN of the function's execution role, with which it is written.
        function: its name.
    """

    account: str
    region: str
    group: str
    stream: str
    text: str
    role: str
    function: str
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
        outputs_of_place = list(together)
        events = [event for output in outputs_of_place for event in output.events()]
        if events:
            try:
                _put(outputs_of_place[0], events)
            except Exception:  # what befalls one group must not cost the others their lines
                LOG.exception("cannot write %d log events to %s", len(events), place[2])


def _put(output: Output, events: list[dict[str, Any]]) -> None:
    """Write the events, and make the group and the stream first; as far as the role allows."""
    from localstack.services.logs.models import get_moto_logs_backend
    from localstack.services.plugins import SERVICE_PLUGINS

    SERVICE_PLUGINS.require("logs")
    backend, group, stream = get_moto_logs_backend(output.account, output.region), output.group, output.stream
    if group not in backend.groups and _may(output, "CreateLogGroup"):
        backend.create_log_group(group, {})
    if group not in backend.groups:
        return
    if stream not in backend.groups[group].streams and _may(output, "CreateLogStream", stream):
        backend.create_log_stream(group, stream)
    if stream in backend.groups[group].streams and _may(output, "PutLogEvents", stream):
        backend.groups[group].put_log_events(stream, events)


def _may(output: Output, operation: str, stream: str = "") -> bool:
    """Rule: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html."""
    from localstack_dockerless.permissions.execution import may

    arn = f"arn:aws:logs:{output.region}:{output.account}:log-group:{output.group}:log-stream:{stream}"
    return may(output.role, output.function, f"logs:{operation}", arn, output.region)


OUTPUTS: Batch[Output] = Batch(_write)
"""The server's one batch of log events."""
