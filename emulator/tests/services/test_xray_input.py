"""What function code may send to the daemon, and what becomes of it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from localstack_dockerless.services.xray import graph, traces

GOOD = {"id": "1", "trace_id": "t", "name": "good", "start_time": 1.0, "end_time": 3.0}


def collection(*documents):
    return {"t": {"segments": [SimpleNamespace(raw=json.dumps(document)) for document in documents]}}


@pytest.mark.parametrize(
    "bad",
    [
        [],
        7,
        {"id": "2"},
        {**GOOD, "id": 2},
        {**GOOD, "id": "2", "start_time": "now"},
        {**GOOD, "id": "2", "end_time": None},
        {**GOOD, "id": "2", "subsegments": [7]},
        {**GOOD, "id": "2", "annotations": ["a"]},
        {**GOOD, "id": "2", "http": "GET"},
    ],
)
def test_what_is_no_segment_is_left_out(bad):
    (trace,) = traces.of(collection(GOOD, bad))
    assert [one["id"] for one in trace.documents] == ["1"]
    assert traces.summary(trace, "0")["Duration"] == 2.0
    assert traces.of(collection(bad)) == []


def test_a_segment_that_was_in_progress_counts_once():
    begun = {name: GOOD[name] for name in ("id", "trace_id", "name", "start_time")} | {"in_progress": True}
    (trace,) = traces.of(collection(begun, GOOD))
    assert len(trace.documents) == 1
    assert traces.summary(trace, "0")["IsPartial"] is False
    (partial,) = traces.of(collection(begun))
    assert traces.summary(partial, "0")["IsPartial"] is True


def test_a_call_that_was_answered_leads_to_the_one_who_answered():
    call = {"id": "c", "name": "other", "namespace": "remote", "start_time": 1.5, "end_time": 2.0, "error": True}
    answer = {"id": "a", "trace_id": "t", "parent_id": "c", "name": "answerer", "start_time": 1.6, "end_time": 1.9}
    services = graph.services(traces.of(collection({**GOOD, "subsegments": [call]}, answer)), "0")
    assert [one["Name"] for one in services] == ["good", "client", "answerer"]
    (edge,) = services[0]["Edges"]
    assert edge["ReferenceId"] == services[2]["ReferenceId"]


def test_a_trace_of_subsegments_alone_has_a_summary():
    alone = {**GOOD, "type": "subsegment", "parent_id": "elsewhere", "namespace": "aws"}
    (trace,) = traces.of(collection(alone))
    assert traces.summary(trace, "0")["EntryPoint"]["Type"] == "AWS::good"
    assert [one["Name"] for one in graph.services([trace], "0")] == ["good", "client"]
