"""Asynchronous invocations and event sources, on a server whose waits are short."""

from __future__ import annotations

import json

import pytest
from deployed import Function, deployer, eventually
from test_updates import received, recorder


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A server on which a minute between retries is a second."""
    from tests.conftest import Server, free_port

    server = Server(free_port(), tmp_path_factory.mktemp("quick"))
    server.start("--time-scale", "0.015")
    yield server
    server.command("stop")


@pytest.fixture
def deploy(quick):
    made: list[Function] = []
    yield deployer(quick.client("lambda"), made)
    for function in made:
        function.client.delete_function(FunctionName=function.name)


@pytest.fixture
def queues(quick, request):
    sqs = quick.client("sqs")
    stem = request.node.name[:60].replace("[", "-").replace("]", "")
    urls = [sqs.create_queue(QueueName=f"{stem}-{number}")["QueueUrl"] for number in range(2)]
    yield [(sqs, url) for url in urls]
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def arn(queue):
    sqs, url = queue
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def test_a_failing_event_is_tried_three_times_with_the_same_request_id_and_then_dead_lettered(deploy, queues):
    seen, dead = queues
    function = recorder(deploy, seen, DeadLetterConfig={"TargetArn": arn(dead)})
    function.send({"fail": True})
    assert received(dead, 1) == [{"fail": True}]
    attempts = received(seen, 3)
    assert len({attempt["request"] for attempt in attempts}) == 1


@pytest.mark.parametrize(("event", "outcome"), [({}, "OnSuccess"), ({"fail": True}, "OnFailure")])
def test_a_destination_gets_request_and_response(deploy, queues, event, outcome):
    seen, destination = queues
    function = recorder(deploy, seen)
    function.client.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=0,
        DestinationConfig={outcome: {"Destination": arn(destination)}},
    )
    function.send(event)
    (record,) = received(destination, 1)
    assert record["requestPayload"] == event
    assert record["requestContext"]["condition"] == {"OnSuccess": "Success", "OnFailure": "RetriesExhausted"}[outcome]
    assert ("errorType" in record["responsePayload"]) is (outcome == "OnFailure")


def test_a_queue_feeds_a_function_in_batches(deploy, queues):
    seen, source = queues
    function = recorder(deploy, seen)
    sqs, url = source
    mapping = function.client.create_event_source_mapping(FunctionName=function.name, EventSourceArn=arn(source))
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(number))
    bodies = set()

    def everything():
        for batch in received(seen, 1):
            bodies.update(record["body"] for record in batch["event"]["Records"])
        return len(bodies) == 3

    eventually(everything)
    function.client.delete_event_source_mapping(UUID=mapping["UUID"])
