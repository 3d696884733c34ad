"""The segments that Lambda itself makes of a traced invocation.

https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localstack.utils.xray.trace_header import TraceHeader

from localstack_dockerless.observability.batch import Batch
from localstack_dockerless.permissions.execution import may

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """A segment document on its way into the account's traces.

    Args:
        role: the ARN of the function's execution role, with which it is sent.
        function: its name.
    """

    account: str
    region: str
    document: str
    role: str
    function: str


def sent_by(version: Any, document: str) -> Sent:
    """A segment of a function.

    Args:
        version: LocalStack's version of it.
        document: the segment as JSON.
    """
    function = version.id
    return Sent(function.account, function.region, document, version.config.role, function.function_name)


def _write(sent: Sequence[Sent]) -> None:
    from localstack.services.plugins import SERVICE_PLUGINS

    from localstack_dockerless.services.xray.provider import LOCK, load

    SERVICE_PLUGINS.require("xray")
    load()
    from moto.xray.exceptions import BadSegmentException
    from moto.xray.models import xray_backends

    allowed = {role: may(*role, "xray:PutTraceSegments") for role in {(one.role, one.function) for one in sent}}
    for one in sent:
        if not allowed[one.role, one.function]:
            continue
        try:
            with LOCK:
                xray_backends[one.account][one.region].process_segment(one.document)
        except BadSegmentException as error:  # function code may send anything
            LOG.debug("not a segment: %s", error)


SEGMENTS: Batch[Sent] = Batch(_write)
"""The server's one batch of segments."""


class Trace:
    """One invocation's part of a trace.

    Args:
        version: LocalStack's version of the function.
        upstream: The header that came with the request; it may lack everything.
        request_id: Of the invocation.
        status: With which Lambda answered the request: 202 if it is asynchronous.

    Attributes:
        header: What the function finds in `_X_AMZN_TRACE_ID`.
    """

    def __init__(self, version: Any, upstream: TraceHeader | None, request_id: str, status: int = 200) -> None:
        self._version, self._request_id, self._status = version, request_id, status
        upstream = upstream or TraceHeader()
        self._root = upstream.root or TraceHeader().ensure_root_exists().root
        self._parent = upstream.parent
        active = version.config.tracing_config_mode == "Active"
        # Who calls decides; otherwise every invocation of a function with active tracing is sampled.
        sampled = upstream.sampled if upstream.sampled in (0, 1) else int(active)
        self._is_recorded = bool(active and sampled)
        self._service, self._function = _identifier(), _identifier()
        parent = self._function if self._is_recorded else self._parent or _identifier()
        self.header = TraceHeader(self._root, parent, sampled, upstream.data, upstream.lineage).to_header_str()

    def end(
        self, begun: float, answered: float, ended: float, duration: float, init: float | None, *, failed: bool
    ) -> None:
        """Record it.

        Args:
            begun: Unix time in seconds.
            answered: Unix time in seconds.
            ended: Unix time in seconds: extensions may go on after the answer.
            duration: Milliseconds until the runtime was done.
            init: Milliseconds, on a cold start; it was over when the invocation began.
            failed: Whether the invocation ended in an error.
        """
        if not self._is_recorded:
            return
        start = begun - (init or 0) / 1000
        for segment in (
            self._of_service(start, answered),
            self._of_function(start, begun, ended, duration, failed=failed),
        ):
            SEGMENTS.add(sent_by(self._version, json.dumps(segment)))

    def _of_service(self, start: float, answered: float) -> dict[str, Any]:
        """AWS::Lambda: the service, from the request to the answer."""
        arn = self._version.id.unqualified_arn()
        return {
            **self._segment(self._service, "AWS::Lambda", start, answered),
            **({"parent_id": self._parent} if self._parent else {}),
            "resource_arn": arn,
            "http": {"response": {"status": self._status}},
            "aws": {"request_id": self._request_id, "resource_arn": arn},
        }

    def _of_function(
        self, start: float, begun: float, ended: float, duration: float, *, failed: bool
    ) -> dict[str, Any]:
        """AWS::Lambda::Function: the work of the execution environment."""
        done = min(ended, begun + duration / 1000)
        parts = [("Initialization", start, begun)] if start < begun else []
        parts += [("Invocation", begun, done), ("Overhead", done, ended)]
        fault = {"fault": True} if failed else {}
        return {
            **self._segment(self._function, "AWS::Lambda::Function", start, ended),
            **fault,
            "parent_id": self._service,
            "aws": {"account_id": self._version.id.account, "function_arn": self._version.id.unqualified_arn()},
            "subsegments": [
                {
                    "id": _identifier(),
                    "name": name,
                    "start_time": since,
                    "end_time": until,
                    **(fault if name == "Invocation" else {}),
                }
                for name, since, until in parts
            ],
        }

    def _segment(self, identifier: str, origin: str, start: float, ended: float) -> dict[str, Any]:
        name = self._version.id.function_name
        return {
            "id": identifier,
            "trace_id": self._root,
            "name": name,
            "origin": origin,
            "start_time": start,
            "end_time": ended,
        }


def _identifier() -> str:
    return secrets.token_hex(8)
