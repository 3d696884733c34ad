"""Sequence diagrams: what traces tell of a run, and how it is drawn."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import boto3
import pytest

from coldstart import lab
from coldstart.errors import CourseError
from coldstart.lab import calls, face, lifelines
from coldstart.lab.calls import Call

HANDLER = """
import json, os, socket, time
import boto3

def handler(event, context):
    for body in [json.loads(record["body"]) for record in event.get("Records", [])]:
        handler(body, context)
    for name, kind in event.get("calls", {}).items():
        boto3.client("lambda").invoke(FunctionName=name, InvocationType=kind, Payload=json.dumps(event.get("then", {})))
    if "table" in event:
        told(event["table"])
    if event.get("fails"):
        raise ValueError("on purpose")

def told(table):
    fields = dict(part.split("=") for part in os.environ["_X_AMZN_TRACE_ID"].split(";"))
    segment = {
        "id": os.urandom(8).hex(), "trace_id": fields["Root"], "parent_id": fields["Parent"], "type": "subsegment",
        "name": "DynamoDB", "namespace": "aws", "start_time": time.time(), "end_time": time.time(),
        "aws": {"operation": "PutItem", "table_name": table}, "error": True,
    }
    host, _, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].partition(":")
    message = json.dumps({"format": "json", "version": 1}) + "\\n" + json.dumps(segment)
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(message.encode(), (host, int(port)))
"""


def policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def functions(here):
    """A client of Lambda, in an account with two traced functions, checkout and stock."""
    iam, client = boto3.client("iam"), boto3.client("lambda")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "xray:*", "sqs:*"], "Resource": "*"}
    role = iam.create_role(RoleName="traced", AssumeRolePolicyDocument=policy(trust))["Role"]
    iam.put_role_policy(RoleName="traced", PolicyName="may", PolicyDocument=policy(may))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("traced.py", HANDLER)
    for name in ("checkout", "stock"):
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="traced.handler",
            Code={"ZipFile": archive.getvalue()},
            TracingConfig={"Mode": "Active"},
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
    return client


def _traced(count, **options):
    """What is traced; the moments are left out, as they are never the same."""
    since = datetime.now(UTC) - timedelta(minutes=5)
    found = lab.traced(boto3.client("xray"), since, count, **options)
    return [Call(call.source, call.target, call.label, call.kind, call.failed) for call in found]


def test_synchronous_calls_are_told_with_what_a_function_calls(functions):
    event = {"calls": {"stock": "RequestResponse"}, "then": {"table": "orders"}}
    functions.invoke(FunctionName="checkout", Payload=json.dumps(event))
    assert _traced(2) == [
        Call("client", "checkout"),
        Call("checkout", "stock"),
        Call("stock", "DynamoDB", "PutItem", failed=True),
    ]


def test_an_asynchronous_call_is_handed_over_and_tried_three_times(functions):
    event = {"calls": {"stock": "Event"}, "then": {"fails": True}}
    functions.invoke(FunctionName="checkout", Payload=json.dumps(event))
    assert _traced(4) == [
        Call("client", "checkout"),
        Call("checkout", "Lambda", "event for stock", "async"),
        *(Call("Lambda", "stock", f"attempt {number}", failed=True) for number in (1, 2, 3)),
    ]


def test_an_event_source_is_named_by_who_knows_it(functions):
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    functions.create_event_source_mapping(FunctionName="stock", EventSourceArn=arn)
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    assert _traced(1, sources={"stock": "queue"}) == [Call("queue", "stock")]


def test_what_began_before_the_run_is_not_part_of_it(functions):
    functions.invoke(FunctionName="checkout", Payload="{}")
    _traced(1)
    since = datetime.now(UTC)
    functions.invoke(FunctionName="stock", Payload="{}")
    found = lab.traced(boto3.client("xray"), since)
    assert [call.target for call in found] == ["stock"]


def test_traces_that_do_not_come_are_said(here, monkeypatch, capsys):
    monkeypatch.setattr(calls, "PATIENCE", 0)
    assert _traced(1) == []
    assert capsys.readouterr().out == "X-Ray has 0 of 1 attempts; is the tracing of every function active?\n"


def test_names_come_without_what_all_names_of_the_lab_begin_with(functions, monkeypatch):
    monkeypatch.setattr(face, "_labs", [face._Lab("14-aliases", None)])
    monkeypatch.setattr(face, "prefix", lambda _: "check")
    functions.invoke(FunctionName="checkout", Payload="{}")
    assert _traced(1) == [Call("client", "out")]


def test_attempts_are_read_from_traces_as_aws_keeps_them():
    """One segment of the service for all attempts, each a subsegment of it."""
    attempts = [{"id": f"a{n}", "name": f"Attempt #{n}", "start_time": n} for n in (1, 2)]
    answer = {"http": {"response": {"status": 202}}, "aws": {"request_id": "r"}}
    service = {"id": "s", "name": "orders", "origin": "AWS::Lambda", "start_time": 0, "subsegments": attempts, **answer}
    work = {"name": "orders", "origin": "AWS::Lambda::Function"}
    first = {"id": "f1", "parent_id": "a1", "start_time": 1, "fault": True, **work}
    second = {"id": "f2", "parent_id": "a2", "start_time": 2, **work}
    assert calls.calls([second, service, first], {}) == [
        Call("client", "Lambda", "event for orders", "async", at=0),
        Call("Lambda", "orders", "attempt 1", failed=True, at=1),
        Call("Lambda", "orders", "attempt 2", at=2),
    ]


STORY = [
    Call("client", "Lambda", "event for orders", "async"),
    Call("Lambda", "orders", "attempt 1", failed=True),
    Call("orders", "DynamoDB", "PutItem"),
    Call("Lambda", "orders", "attempt 2"),
    Call("orders", "orders", "again"),
]


def test_the_alternative_tells_the_same_in_words():
    assert lifelines.alternative(STORY) == (
        "Sequence of calls: client calls Lambda (event for orders) and does not wait; "
        "Lambda calls orders (attempt 1), which fails; orders calls DynamoDB (PutItem); "
        "Lambda calls orders (attempt 2); orders calls orders (again)."
    )


def test_a_diagram_is_the_same_each_time_and_takes_the_colours_of_its_page():
    drawing = lifelines.svg(STORY)
    assert drawing == lifelines.svg([Call(c.source, c.target, c.label, c.kind, c.failed, at=9) for c in STORY])
    assert "var(--md-default-fg-color, #24292e)" in drawing
    assert not re.findall(r"(?:fill|stroke): #", drawing)


def test_who_takes_part_and_what_fails_can_be_read_without_colours():
    words = " ".join(ElementTree.fromstring(lifelines.svg(STORY)).itertext())
    for said in ("client", "Lambda", "orders", "DynamoDB", "attempt 1", "✗\N{NO-BREAK SPACE}fails", "does not wait"):
        assert said in words


def test_life_lines_stand_in_the_order_asked_for():
    drawing = lifelines.svg(STORY, ["client", "Lambda", "DynamoDB"])
    texts = [text for text in ElementTree.fromstring(drawing).iter() if text.text]
    places = {text.text: float(text.get("x")) for text in texts[:4]}  # the heads come first
    assert places["client"] < places["Lambda"] < places["DynamoDB"] < places["orders"]


@pytest.mark.parametrize("count", [2, 3, 4, 5, lifelines.MOST])
def test_a_diagram_fits_and_its_letters_are_large_enough(count):
    names = [f"coldstart-function-{number}" for number in range(count)]
    story = [Call(one, other, "SendMessageBatch") for one, other in pairwise(names)]
    drawing = ElementTree.fromstring(lifelines.svg(story))
    left, top, width, height = map(float, drawing.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert width <= (360 if count <= 4 else 560)
    assert drawing.get("font-size") == "14"
    for text in drawing.iter("{http://www.w3.org/2000/svg}text"):
        reach = lifelines.LETTER * len(text.text) / (2 if text.get("text-anchor") == "middle" else 1)
        assert float(text.get("x")) + reach <= width
        assert float(text.get("y")) < height


@pytest.mark.parametrize("story", [[], [Call("client", str(number)) for number in range(7)]])
def test_what_cannot_be_drawn_is_said(story):
    with pytest.raises(CourseError, match=r"1 to 7 life lines and at least one call; here are [08]"):
        lab.sequence(story)


def test_a_notebook_gets_the_drawing_with_its_alternative(monkeypatch):
    shown = []
    monkeypatch.setattr(face, "_display", lambda data, metadata: shown.append((data, metadata)))
    lab.sequence(STORY)
    data, metadata = shown[0]
    assert data["text/plain"] == metadata["alt"] == lifelines.alternative(STORY)
    assert data["image/svg+xml"] == lifelines.svg(STORY)
