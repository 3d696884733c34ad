"""What function code may send to the daemon, and what becomes of it."""

from __future__ import annotations

import json
import secrets
import socket
from types import SimpleNamespace

import pytest
from deployed import eventually
from localstack_dockerless.services.xray import daemon, graph, traces

HOST = "127.77.66.55"  # an address of the loopback interface that no environment has
GOOD = {"id": "1", "trace_id": "t", "name": "good", "start_time": 1.0, "end_time": 3.0}


def deep(levels):
    """Subsegments within subsegments."""
    parts = []
    for _ in range(levels):
        parts = [{**GOOD, "subsegments": parts}]
    return parts


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
        {**GOOD, "id": "2", "http": {"request": "an url"}},
        {**GOOD, "id": "2", "http": {"request": {"url": [1]}}},
        {**GOOD, "id": "2", "http": {"response": ["status"]}},
        {**GOOD, "id": "2", "http": {"response": {"status": "200"}}},
        {**GOOD, "id": "2", "parent_id": []},
        {**GOOD, "id": "2", "parent_id": {}},
        {**GOOD, "id": "2", "origin": [1]},
        {**GOOD, "id": "2", "namespace": {}},
        {**GOOD, "id": "2", "user": [1]},
        {**GOOD, "id": "2", "annotations": {"a": [1]}},
        {**GOOD, "id": "2", "annotations": {"a": float("nan")}},
        {**GOOD, "id": "2", "start_time": float("nan")},
        {**GOOD, "id": "2", "start_time": -1},
        {**GOOD, "id": "2", "end_time": 1e300},
        {**GOOD, "id": "2", "subsegments": {"x": 1}},
        {**GOOD, "id": "2", "subsegments": deep(200)},
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


def test_no_datagram_ends_the_daemon(monkeypatch):
    """Its one thread serves all environments."""
    sent = []
    monkeypatch.setattr(daemon.SEGMENTS, "add", sent.append)
    monkeypatch.setattr(daemon, "sent_by", lambda _version, document: document)
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((HOST, 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(listener.getsockname())
        close = daemon.DAEMON.open(listener, None)
        for datagram in (b"[" * 60_000, b"\xff\xff\n{}", b"", b'{"format": "json"}\nlast'):
            client.send(datagram)
        eventually(lambda: sent)
    close()
    assert sent == ["last"]


@pytest.mark.parametrize("bad", ["1", "null", "[]", "x", "[" * 30_000, '{"id": 1}'])
def test_what_is_no_segment_is_named_and_the_others_are_kept(server, bad):
    """Moto: 500, and nothing of the request is kept."""
    xray, now = server.client("xray", "414141414141"), 1_800_000_000.0
    good = {"id": secrets.token_hex(8), "trace_id": f"1-58406520-{secrets.token_hex(12)}", "name": "kept"}
    documents = [bad, json.dumps({**good, "start_time": now, "end_time": now})]
    (refused,) = xray.put_trace_segments(TraceSegmentDocuments=documents)["UnprocessedTraceSegments"]
    assert refused["ErrorCode"] in ("JSONFormatError", "MissingParam")
    (trace,) = xray.batch_get_traces(TraceIds=[good["trace_id"]])["Traces"]
    assert len(trace["Segments"]) == 1
