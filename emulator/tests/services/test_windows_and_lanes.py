"""Tumbling windows and parallel batches without a server: what happens at their ends, and after an update."""

from __future__ import annotations

import json
import threading
from collections import deque
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from localstack_dockerless.services.mappings import streams
from localstack_dockerless.services.mappings.lanes import ROOM, Lanes, Work
from localstack_dockerless.services.mappings.progress import BACKOFF, Progress
from localstack_dockerless.services.mappings.windows import Source, Windows

THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}}, "Invoke")


class Function:
    """Stands for Lambda's client: remembers what it is sent, and answers in turn."""

    def __init__(self, *answers):
        self.answers, self.sent = deque(answers), []

    def invoke(self, Payload, **_):  # noqa: N803 - boto3's
        event = json.loads(Payload)
        kind = "final" if event["isFinalInvokeForWindow"] else "early" if event["isWindowTerminatedEarly"] else ""
        self.sent.append((kind, "".join(one["n"] for one in event["Records"]), event["state"].get("seen", "")))
        answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        seen = event["state"].get("seen", "") + self.sent[-1][1]
        body = json.dumps({"state": {"seen": seen}} if answer is None else answer).encode()
        return {
            "Payload": SimpleNamespace(read=lambda: body),
            "StatusCode": 200,
            "ResponseMetadata": {"RequestId": "r"},
        }


class Shard:
    """Windows of ten seconds over one shard."""

    def __init__(self, *answers):
        self.function, self.waits, self.windows = Function(*answers), 0, {}
        sender = SimpleNamespace(
            target_arn="arn:aws:lambda:us-east-1:000000000000:function:f",
            target_parameters={},
            target_client=self.function,
            report_batch_item_failures=True,
        )
        processor = SimpleNamespace(sender=sender, logger=SimpleNamespace(set_fields=_nothing, log=_nothing))
        source = Source("s", "arn", processor, lambda event: event["at"], self.deliver, self.pause)
        self.outlet = Windows(10, source, self.windows)

    def deliver(self, events, invoke, _most):
        invoke(events)
        return True

    def pause(self, _attempt):
        self.waits += 1
        return self.waits > 2

    def take(self, *events):
        return self.outlet.take([{"n": name, "at": at} for name, at in events])


def _nothing(*_, **__):
    pass


def test_a_window_ends_before_the_first_record_of_the_next():
    shard = Shard()
    assert shard.take(("a", 101), ("b", 109), ("c", 110))
    assert shard.function.sent == [("", "ab", ""), ("final", "", "ab"), ("", "c", "")]


def test_a_window_ends_when_all_that_was_written_in_it_is_read():
    shard = Shard()
    shard.take(("a", 101))
    assert shard.outlet.reached(109.9)
    assert shard.outlet.reached(110.0)
    assert shard.outlet.reached(120.0)
    assert shard.function.sent == [("", "a", ""), ("final", "", "a")]


def test_a_window_ends_with_its_shard():
    shard = Shard()
    shard.take(("a", 101))
    assert shard.outlet.end()
    assert shard.function.sent[-1] == ("final", "", "a")


@pytest.mark.parametrize("failure", [THROTTLED, {}, {"state": None}, "x"])
def test_nothing_follows_a_window_whose_end_fails(failure):
    shard = Shard(None, failure, failure)
    assert shard.take(("a", 101), ("b", 110))
    assert shard.function.sent == [("", "a", ""), *[("final", "", "a")] * 3, ("", "b", "")]


def test_a_window_that_could_not_end_is_there_after_an_update():
    shard = Shard(None, THROTTLED, THROTTLED, THROTTLED)
    assert not shard.take(("a", 101), ("b", 110))
    shard.waits = 0
    assert shard.take(("b", 110))
    assert shard.function.sent[-2:] == [("final", "", "a"), ("", "b", "")]


def test_a_record_that_is_older_than_the_window_belongs_to_it():
    shard = Shard()
    shard.take(("a", 110))
    shard.take(("b", 109))
    assert shard.function.sent == [("", "a", ""), ("", "b", "a")]


def test_the_state_of_a_batch_that_fails_in_part_counts():
    shard = Shard({"state": {"seen": "a"}, "batchItemFailures": [{"itemIdentifier": "2"}]})
    with pytest.raises(Exception):  # noqa: B017, PT011 - LocalStack's
        shard.take(("a", 101), ("b", 102))
    shard.take(("b", 102))
    assert shard.function.sent[-1] == ("", "b", "a")


class Street:
    """Lanes, and what they delivered."""

    def __init__(self, factor, size=2):
        self.delivered, self.ended, self.blocked = [], threading.Event(), set()
        self.gate = threading.Event()
        self.lanes = Lanes(factor, Work(size, lambda event: event["key"], self.deliver, self.ended))

    def deliver(self, batch):
        if {event["key"] for event in batch} & self.blocked:
            self.gate.wait()
        if self.ended.is_set():
            return False
        self.delivered += [f"{event['key']}{event['n']}" for event in batch]
        return True


def keyed(keys, count):
    return [{"key": key, "n": n} for n in range(count) for key in keys]


def test_the_end_of_a_shard_waits_for_all_lanes():
    street = Street(4)
    assert street.lanes.take(keyed("abcdef", 5))
    assert street.lanes.end()
    for key in "abcdef":
        assert [one for one in street.delivered if one[0] == key] == [f"{key}{n}" for n in range(5)]


def test_a_shard_is_read_no_further_while_a_lane_is_full():
    street = Street(2)
    street.blocked = {"a"}
    assert street.lanes.take(keyed("a", ROOM))
    reader = threading.Thread(target=street.lanes.take, args=(keyed("b", 1),))
    reader.start()
    assert not any(event["key"] == "b" for lane in street.lanes.waiting for event in lane)
    street.gate.set()
    reader.join()
    assert street.lanes.end()
    assert street.delivered[-1] == "b0"


def test_what_a_lane_has_not_handled_stays_there_when_the_mapping_ends():
    street = Street(2)
    street.blocked = {"a"}
    street.lanes.take(keyed("a", 3))
    street.ended.set()
    street.gate.set()
    street.lanes.close()
    assert sum(map(len, street.lanes.waiting)) == 3
    assert not street.lanes.take(keyed("a", 1))


def test_a_lane_whose_work_fails_is_tried_again():
    street, failures = Street(1), [RuntimeError("once")]
    deliver = street.lanes._work.deliver

    def fail_once(batch):
        if failures:
            raise failures.pop()
        return deliver(batch)

    object.__setattr__(street.lanes._work, "deliver", fail_once)
    street.lanes.take(keyed("a", 1))
    assert street.lanes.end()
    assert street.delivered == ["a0"]


def test_a_shard_that_cannot_be_read_is_read_again_while_its_lanes_are_at_work(monkeypatch):
    """Ending the reader would mean to wait for them, and with a record that always fails for ever."""
    reader, answers = object.__new__(streams.TablePoller), [THROTTLED, RuntimeError("not expected"), 0]

    def read(_shard, _outlet):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        reader._is_shutdown.set()
        return answer

    vars(reader).update(progress=Progress(places={"s": "place"}), esm_uuid="u", _is_shutdown=threading.Event())
    vars(reader).update(window=0, factor=4, batch_size=1, _read_batches=read)
    monkeypatch.setattr(BACKOFF, "scale", 0.01)
    reader._read("s")
    assert answers == []
