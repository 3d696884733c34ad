"""The service graph: who calls whom, how often, with what result.

https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_dockerless.services.xray.traces import Document, ServiceKey, Trace, key

CLIENT: ServiceKey = ("client", "client")


@dataclass
class _Tally:
    """What is counted of a service, or of the calls from one to another."""

    parts: list[Document] = field(default_factory=list)

    def statistics(self) -> Document:
        faults = sum(bool(part.get("fault")) for part in self.parts)
        throttles = sum(bool(part.get("throttle")) for part in self.parts)
        errors = sum(bool(part.get("error")) and not part.get("throttle") for part in self.parts)
        return {
            "OkCount": max(0, len(self.parts) - faults - errors - throttles),
            "ErrorStatistics": {"ThrottleCount": throttles, "OtherCount": errors, "TotalCount": errors + throttles},
            "FaultStatistics": {"OtherCount": faults, "TotalCount": faults},
            "TotalCount": len(self.parts),
            "TotalResponseTime": round(sum(_end(part) - part["start_time"] for part in self.parts), 3),
        }

    def times(self) -> Document:
        return {
            "StartTime": min(part["start_time"] for part in self.parts),
            "EndTime": max(_end(part) for part in self.parts),
        }


def _end(part: Document) -> float:
    return float(part.get("end_time") or part["start_time"])


def services(traces: Sequence[Trace], account: str) -> list[Document]:
    """The nodes with their edges."""
    nodes: dict[ServiceKey, _Tally] = {}
    edges: dict[tuple[ServiceKey, ServiceKey], _Tally] = {}
    roots: set[ServiceKey] = set()
    for trace in traces:
        for source, target, part in _calls(trace):
            nodes.setdefault(target, _Tally()).parts.append(part)
            edges.setdefault((source, target), _Tally()).parts.append(part)
            if source == CLIENT:
                nodes.setdefault(CLIENT, _Tally()).parts.append(part)
                roots.add(target)
    numbers = {name: number for number, name in enumerate(nodes)}
    return [_node(name, nodes[name], edges, numbers, account, root=name in roots) for name in nodes]


def _calls(trace: Trace) -> Iterator[tuple[ServiceKey, ServiceKey, Document]]:
    """Each segment with who caused it, and each call to a service that has no segment of its own."""
    owners = {part["id"]: key(document) for part, document in trace.parts()}
    answered = {document.get("parent_id") for document in trace.segments}
    for document in trace.segments:
        yield owners.get(document.get("parent_id", ""), CLIENT), key(document), document
    for part, document in trace.parts():
        if part.get("namespace") in ("aws", "remote") and part["id"] not in answered:
            owner = key(document) if document is not part else owners.get(part.get("parent_id", ""), CLIENT)
            yield owner, key(part), part


def _node(
    name: ServiceKey,
    tally: _Tally,
    edges: dict[tuple[ServiceKey, ServiceKey], _Tally],
    numbers: dict[ServiceKey, int],
    account: str,
    *,
    root: bool,
) -> Document:
    outgoing: list[Any] = [
        {
            "ReferenceId": numbers[target],
            **counted.times(),
            "SummaryStatistics": counted.statistics(),
            "Aliases": [],
            "ResponseTimeHistogram": [],
        }
        for (source, target), counted in edges.items()
        if source == name
    ]
    common = {"ReferenceId": numbers[name], "Name": name[0], "Names": [name[0]], "Type": name[1], "Edges": outgoing}
    if name == CLIENT:
        return {**common, **tally.times(), "State": "unknown"}
    return {
        **common,
        **tally.times(),
        "Root": root,
        "AccountId": account,
        "State": "active",
        "SummaryStatistics": tally.statistics(),
        "DurationHistogram": [],
        "ResponseTimeHistogram": [],
    }
