"""Event source mappings beyond LocalStack's: what happens to a batch, and what it does not forget."""

from __future__ import annotations

import threading
import time
from queue import Queue

import pytest
from botocore.exceptions import ClientError
from deployed import deployer, eventually
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.event_source_mapping.event_processor import BatchFailureError, PartialBatchFailureError
from localstack_dockerless.services.mappings import batches, progress, queues, rules, workers
from localstack_dockerless.services.mappings.batches import Delivery, Options
from localstack_dockerless.services.mappings.failures import failure_record
from sources import Inbox, consumer, unique


class Function:
    """Stands for a function: fails for what it is told, and remembers."""

    def __init__(self, *options, bad=(), answer=None, unreachable=0):
        self.seen, self.lost, self.waits = [], [], []
        self.bad, self.answer, self.unreachable = set(bad), answer, unreachable
        self.now = 1000.0
        self.delivery = Delivery(
            Options(*options),
            self.invoke,
            self.give_up,
            self.pause,
            lambda event: event["n"],
            lambda event: event["at"],
        )

    def invoke(self, events):
        self.seen.append("".join(event["n"] for event in events))
        if self.unreachable:
            self.unreachable -= 1
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}}, "Invoke")
        if self.bad & set(self.seen[-1]):
            error = {"requestId": "id", "functionError": "Unhandled", "httpStatusCode": 200}
            raise BatchFailureError(error) if self.answer is None else PartialBatchFailureError(self.answer, error)

    def give_up(self, piece, condition):
        self.lost.append(("".join(event["n"] for event in piece.events), condition, piece.invoked))

    def pause(self, attempt):
        self.waits.append(attempt)
        return len(self.waits) > 20

    def deliver(self, letters, at=None):
        return self.delivery.deliver([{"n": letter, "at": at or time.time()} for letter in letters])


def failures(*letters):
    return {"batchItemFailures": [{"itemIdentifier": letter} for letter in letters]}


def test_a_batch_that_succeeds_is_through():
    function = Function()
    assert function.deliver("abc")
    assert (function.seen, function.lost, function.waits) == (["abc"], [], [])


def test_retries_end_with_giving_up():
    function = Function(2, bad="b")
    assert function.deliver("ab")
    assert function.seen == ["ab"] * 3
    assert function.lost == [("ab", "RetryAttemptsExhausted", 3)]
    assert function.waits == [1, 2]


def test_without_a_limit_retries_end_with_the_mapping():
    function = Function(bad="b")
    assert not function.deliver("ab")
    assert function.lost == []


def test_each_half_has_the_retries_of_the_whole():
    function = Function(1, -1, True, bad="b")
    assert function.deliver("abcd")
    assert function.seen == ["abcd", "ab", "a", "b", "b", "cd"]
    assert function.lost == [("b", "RetryAttemptsExhausted", 4)]


def test_the_lowest_failure_that_is_reported_is_where_it_goes_on():
    function = Function(1, bad="c", answer=failures("d", "c"))
    assert function.deliver("abcd")
    assert function.seen == ["abcd", "cd"]


@pytest.mark.parametrize("answer", [failures("x"), failures(""), {"batchItemFailures": [{}]}, ["x"], "x", 3])
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(answer):
    function = Function(0, bad="b", answer=answer)
    assert function.deliver("abc")
    assert function.lost == [("abc", "RetryAttemptsExhausted", 1)]


def test_a_function_that_is_not_reached_uses_up_no_retries():
    function = Function(0, unreachable=3)
    assert function.deliver("ab")
    assert function.seen == ["ab"] * 4
    assert function.lost == []


def test_old_records_are_given_up_before_the_function_sees_them():
    function = Function(-1, 60)
    assert function.deliver("ab", at=time.time() - 61)
    assert (function.seen, function.lost) == ([], [("ab", "RecordAgeExceeded", 0)])


def test_what_was_never_invoked_has_no_response_in_its_record():
    record = failure_record("arn", batches.Piece([]), "RecordAgeExceeded")
    assert record == {
        "requestContext": {
            "requestId": None,
            "functionArn": "arn",
            "condition": "RecordAgeExceeded",
            "approximateInvokeCount": 0,
        }
    }


def test_a_batch_fits_into_an_invocation():
    event = {"data": "x" * 2_000_000}
    assert [len(part) for part in batches.by_size([event] * 5)] == [2, 2, 1]


def test_waits_grow_and_are_scaled():
    backoff = progress.Backoff(0.1)
    assert [round(backoff.seconds(n), 3) for n in (1, 2, 3, 100)] == [0.05, 0.1, 0.2, 6.0]


class Poller:
    """As much of one as a worker needs."""

    closed = 0

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("end", ["stop_for_shutdown", "stop", "delete"])
def test_waits_between_attempts_end_with_the_mapping(end, monkeypatch):
    """At a reset, too; LocalStack tells the poller only once its own thread wakes."""
    monkeypatch.setattr(workers.EsmWorker, "__init__", lambda worker, *_, **__: setattr(worker, "poller", Poller()))
    monkeypatch.setattr(workers.EsmWorker, end, lambda _: None)
    worker = workers.Worker({})
    getattr(worker, end)()
    assert worker.poller.closed == 1


def test_after_an_update_the_worker_before_ends_first(monkeypatch):
    """LocalStack calls the mapping enabled while a question of the old one is under way, whose batch has the old size."""
    began, end = Queue(), threading.Event()
    monkeypatch.setattr(workers.EsmWorker, "__init__", lambda worker, *_, **__: setattr(worker, "poller", Poller()))
    monkeypatch.setattr(workers.EsmWorker, "poller_loop", lambda worker: (began.put(worker), end.wait(60)))
    old, new, other = (workers.Worker({"UUID": mapping}) for mapping in ("one", "one", "two"))
    for worker in (old, new, other):
        threading.Thread(target=worker.poller_loop).start()
        if worker is not new:
            assert began.get(timeout=60) is worker
    end.set()
    assert began.get(timeout=60) is new


def test_an_update_does_not_begin_anew(server, deploy, stream):
    """LocalStack reads everything again from the starting position."""
    worker = consumer(server, deploy)
    stream.put_all("a", "b")
    with worker.mapped(stream.arn, StartingPosition="TRIM_HORIZON") as mapping:
        assert worker.texts(2) == ["a", "b"]
        worker.function.client.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=1)
        worker.enabled(mapping["UUID"])
        stream.put_all("c", "d")
        assert worker.batches(4)[-2:] == [["c"], ["d"]]


def test_a_mapping_that_is_disabled_goes_on_where_it_stopped(server, deploy, stream):
    worker = consumer(server, deploy)
    client = worker.function.client
    stream.put_all("a")
    with worker.mapped(stream.arn, StartingPosition="TRIM_HORIZON") as mapping:
        assert worker.texts(1) == ["a"]
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        assert worker.enabled(mapping["UUID"])["State"] == "Disabled"
        stream.put_all("b")
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        assert worker.texts(2) == ["a", "b"]


def test_latest_skips_what_a_child_shard_holds_already(server, deploy, stream):
    worker = consumer(server, deploy)
    (parent,) = stream.shards()
    stream.client.split_shard(StreamName=stream.name, ShardToSplit=parent["ShardId"], NewStartingHashKey=str(2**127))
    stream.put_all("before")
    with worker.mapped(stream.arn, StartingPosition="LATEST"):
        stream.put_all("after")
        assert worker.texts(1) == ["after"]


def test_a_shard_that_was_made_later_is_read_from_its_beginning(server, deploy, stream):
    """With LATEST, too: there is nothing in it from before the mapping."""
    worker, (parent,) = consumer(server, deploy), stream.shards()
    with worker.mapped(stream.arn, StartingPosition="LATEST"):
        options = {"ShardToSplit": parent["ShardId"], "NewStartingHashKey": str(2**127)}
        stream.client.split_shard(StreamName=stream.name, **options)
        stream.put_all("child")
        assert worker.texts(1) == ["child"]


def test_a_throttled_function_loses_no_records(server, deploy, stream):
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    client, name = worker.function.client, worker.function.name
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    stream.put_all("a")
    options = {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": lost.arn}}}
    with worker.mapped(stream.arn, StartingPosition="TRIM_HORIZON", **options):
        client.delete_function_concurrency(FunctionName=name)
        assert worker.texts(1) == ["a"]
    assert lost.receive() == []


def queue(server, **attributes):
    client = server.client("sqs")
    name = unique("mapped") + (".fifo" if "FifoQueue" in attributes else "")
    url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, found["QueueArn"]


def test_messages_reach_several_environments_at_a_time(server, deploy):
    """LocalStack's poller: one batch after the other."""
    worker, (url, arn) = consumer(server, deploy), queue(server)
    for n in range(6):
        server.client("sqs").send_message(QueueUrl=url, MessageBody=f"slow {n}")
    with worker.mapped(arn, BatchSize=1):
        told = worker.reports(lambda told: len(told) == 6)
    at_a_time = [sum(other["began"] <= one["began"] < other["ended"] for other in told) for one in told]
    assert 1 < max(at_a_time) <= queues.BEGINNING


def test_a_group_that_fails_does_not_hold_up_another(server, deploy):
    """LocalStack's poller leaves the other groups of the batch until their visibility timeout ends."""
    worker = consumer(server, deploy)
    url, arn = queue(server, FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="600")
    for group in ("bad", "good"):
        server.client("sqs").send_message(QueueUrl=url, MessageBody=group, MessageGroupId=group)
    with worker.mapped(arn):
        assert sorted(worker.batches(2)) == [["bad"], ["good"]]


@pytest.mark.parametrize(
    ("fifo", "invoked", "deleted"),
    [(True, ["1"], []), (False, ["1", "2"], ["2"])],
)
def test_what_follows_a_failure_in_its_group_waits_also_when_it_comes_in_parts(monkeypatch, fifo, invoked, deleted):
    """Messages that are too large for one invocation."""
    seen, gone = [], []
    poller = object.__new__(queues.QueuePoller)
    vars(poller).update(is_fifo_queue=fifo, filter_patterns=[], source_arn="arn:aws:sqs:us-east-1:0:q")
    poller.add_source_metadata = lambda events: events
    poller.delete_messages = lambda _messages, ids: gone.extend(ids)

    def invoke(events):
        seen.extend(event["messageId"] for event in events)
        return {event["messageId"] for event in events} - {"1"}

    monkeypatch.setattr(poller, "_invoke", invoke)
    large = "x" * 4_000_000
    poller._handle([{"MessageId": one, "ReceiptHandle": one, "Body": large, "MD5OfBody": ""} for one in "12"])
    assert (seen, gone) == (invoked, deleted)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"EventSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t"}, "Unrecognized event source."),
        ({"StartingPosition": "AT_TIMESTAMP"}, "startingPositionTimestamp"),
        ({"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:dynamodb:us-east-1:0:table/t"}}}, "is invalid."),
    ],
)
def test_what_localstack_takes_or_fails_on_is_refused(request_, words):
    source = {"EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "StartingPosition": "LATEST"}
    with pytest.raises(InvalidParameterValueException) as refused:
        rules.check({**source, **request_})
    assert words in refused.value.message


def test_a_mapping_of_an_account_is_forgotten_while_it_tries_again(server):
    class Other:
        """The server, seen by another account."""

        def client(self, service):
            return server.client(service, "313131313131")

    own = Other()
    worker = consumer(own, deployer(own.client("lambda"), []))
    url, arn = queue(own)
    own.client("sqs").send_message(QueueUrl=url, MessageBody="bad")
    worker.function.client.create_event_source_mapping(FunctionName=worker.function.name, EventSourceArn=arn)
    worker.texts(1)
    server.command("reset", "--account=313131313131")
    eventually(lambda: not worker.function.client.list_event_source_mappings()["EventSourceMappings"])
