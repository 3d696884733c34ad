"""Dead-letter queues

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json

import pytest
from deployed import archive

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
FAILS = """
def handler(event, context):
    raise ValueError(context.aws_request_id + "!" * event["more"])
"""


@pytest.fixture
def queue(server, request):
    sqs, name = server.client("sqs"), f"dead-{request.node.name}"[:80]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    yield sqs, url, f"arn:aws:sqs:us-east-1:000000000000:{name}"
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def fails(deploy, queue):
    """A function whose events are dead after one attempt."""
    _, _, arn = queue
    function = deploy(code=archive({"probe.py": FAILS}), DeadLetterConfig={"TargetArn": arn})
    function.client.put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)
    return function


def letter(queue):
    """The first message, and its attributes."""
    sqs, url, _ = queue
    for _ in range(6):
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MessageAttributeNames=["All"])
        for message in answer.get("Messages", []):
            return json.loads(message["Body"]), message.get("MessageAttributes", {})
    raise AssertionError("nothing came")


@pytest.mark.rule(PAGE)
def test_a_dead_event_says_which_invocation_it_was_and_why_it_failed(fails, queue):
    fails.send({"more": 1})
    body, attributes = letter(queue)
    request_id = attributes["RequestID"]["StringValue"]
    assert body == {"more": 1}
    assert attributes["ErrorMessage"]["StringValue"] == f"{request_id}!"
    assert (attributes["ErrorCode"]["DataType"], attributes["ErrorCode"]["StringValue"]) == ("Number", "200")


@pytest.mark.rule(PAGE)
def test_the_first_kilobyte_of_the_error_message_is_kept(fails, queue):
    fails.send({"more": 3000})
    _, attributes = letter(queue)
    assert len(attributes["ErrorMessage"]["StringValue"]) == 1024


@pytest.mark.rule(PAGE)
def test_an_event_that_never_ran_is_kept_too(fails, queue):
    fails.client.put_function_concurrency(FunctionName=fails.name, ReservedConcurrentExecutions=0)
    fails.send({"more": 1})
    body, attributes = letter(queue)
    assert body == {"more": 1}
    assert attributes["RequestID"]["StringValue"]
