"""Metrics of records from streams, whose source need not run for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from localstack_dockerless.observability import asynchronous

ARN = "arn:aws:lambda:eu-west-1:111111111111:function:reader"


@pytest.fixture
def counted(monkeypatch):
    readings = []
    monkeypatch.setattr(asynchronous.SAMPLES, "add", readings.append)
    return readings


def process(events, arn=ARN):
    handed_over = []
    processor = SimpleNamespace(sender=SimpleNamespace(target_arn=arn))
    asynchronous._process(lambda _processor, batch: handed_over.append(batch), processor, events)
    assert handed_over == [events]


def arrived(minutes_ago):
    return datetime.now(UTC) - timedelta(minutes=minutes_ago)


@pytest.mark.parametrize(
    "last",
    [
        {"kinesis": {"approximateArrivalTimestamp": arrived(2).timestamp()}},
        {"dynamodb": {"ApproximateCreationDateTime": arrived(2)}},
    ],
)
def test_the_age_of_a_batch_is_that_of_its_last_record(counted, last):
    process([{"kinesis": {"approximateArrivalTimestamp": arrived(60).timestamp()}}, last])
    (reading,) = counted
    assert (reading.name, reading.unit, reading.function) == ("IteratorAge", "Milliseconds", "reader")
    assert 120_000 <= reading.value < 3_600_000


@pytest.mark.parametrize("events", [[{"messageId": "1"}], [], {}])
def test_what_comes_from_no_stream_has_no_age(counted, events):
    process(events)
    assert counted == []


@pytest.mark.parametrize(("qualifier", "version", "alias"), [("", "$LATEST", None), (":3", "3", None)])
def test_the_function_is_named_as_the_mapping_names_it(counted, qualifier, version, alias):
    process([{"kinesis": {"approximateArrivalTimestamp": arrived(1).timestamp()}}], ARN + qualifier)
    assert (counted[0].version, counted[0].alias) == (version, alias)
