"""Arbitrary requests become events, and arbitrary responses become answers, or are called malformed."""

from __future__ import annotations

import base64
import contextlib
import json
from functools import partial
from types import SimpleNamespace

import pytest
from fuzzing import FUZZ, JSON, LINES, METHODS, TOKENS
from hypothesis import given
from hypothesis import strategies as st
from localstack.aws.api.lambda_ import InvalidRequestContentException
from localstack_dockerless.executor import payloads
from localstack_dockerless.services.alb import answer as alb_answer
from localstack_dockerless.services.alb import event as alb_event
from localstack_dockerless.services.alb.http import Request
from localstack_dockerless.services.http import events, invoke_stream, responses, streaming
from localstack_dockerless.services.http.events import Call
from localstack_dockerless.services.http.incoming import Incoming
from localstack_dockerless.services.mappings import queues
from localstack_dockerless.services.xray import daemon

TARGET = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/one/1"
NAMES = TOKENS.map(str.lower) | st.sampled_from(
    ["content-type", "content-encoding", "cookie", "x-amzn-trace-id", "x-forwarded-for", "host", "user-agent"]
)
HEADERS = st.lists(st.tuples(NAMES, LINES), max_size=6)
QUERIES = st.text("ab=&%+[]?;é\xff", max_size=20)
BODIES = st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode(errors="replace"))
FIELDS = ("statusCode", "statusDescription", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded")
MAPS = st.dictionaries(st.text(max_size=8) | TOKENS, JSON | LINES | st.lists(LINES, max_size=3), max_size=4)
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        "statusCode": st.sampled_from([200, 204, 302, 599, 100, 99, 600, "200", "9" * 5000, "٢٠٠", True, None, 2.0])
        | JSON,
        "statusDescription": LINES | JSON,
        "headers": MAPS | JSON,
        "multiValueHeaders": MAPS | JSON,
        "cookies": st.lists(LINES | JSON, max_size=3) | JSON,
        "body": st.text(max_size=20) | st.sampled_from(["\ud800", "é", "aGk=", "aGk", "=" * 5]) | JSON,
        "isBase64Encoded": st.booleans() | JSON,
    },
)
DEEP = b"[" * 200_000
PAYLOADS = (
    st.binary(max_size=60)
    | (RESPONSES | JSON).map(lambda value: json.dumps(value).encode())
    | st.sampled_from([DEEP, b'{"statusCode":200,"headers":' + DEEP, b'{"statusCode":' + b"9" * 5000 + b"}"])
)


def incoming(method, path, query, headers, body):
    parameters = [tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair]
    return Incoming(method, path, query, headers, body, "127.0.0.1", parameters=parameters)


REQUESTS = st.tuples(st.sampled_from(METHODS), TOKENS.map("/".__add__), QUERIES, HEADERS, BODIES)


def body_of(event):
    """The bytes that a function finds in its event."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def is_text(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@FUZZ
@given(sent=REQUESTS, multi_value=st.booleans())
def test_a_load_balancer_s_event_holds_the_request(sent, multi_value):
    method, path, query, headers, body = sent
    request = Request(method, path, query, headers, body, "127.0.0.1")
    forwarded = alb_event.forwarded_headers(request, {}, "http", 80, 1234)
    event = json.loads(alb_event.event(Request(method, path, query, forwarded, body), TARGET, multi_value))
    assert (event["httpMethod"], event["path"]) == (method, path)
    if event["isBase64Encoded"] or is_text(body):
        assert body_of(event) == body
    if multi_value:
        pairs = [(name, value) for name, values in event["multiValueHeaders"].items() for value in values]
        assert sorted(pairs) == sorted(forwarded)
    else:
        assert event["headers"] == dict(forwarded)


@FUZZ
@given(sent=REQUESTS)
def test_an_http_api_s_events_hold_the_request(sent):
    method, path, query, headers, body = sent
    call = Call(incoming(method, path, query, headers, body), "123456789012", "api", "$default", "$default", path)
    for make in (events.version_2, events.version_1):
        event = json.loads(json.dumps(make(call)))
        assert body_of(event) == body
    assert event["path"] == path
    pairs = [(name, value) for name, values in event["multiValueHeaders"].items() for value in values]
    assert sorted(pairs) == sorted(headers)


@FUZZ
@given(payload=PAYLOADS, multi_value=st.booleans())
def test_a_load_balancer_answers_or_calls_it_malformed(payload, multi_value):
    with contextlib.suppress(alb_answer.MalformedError):
        reply = alb_answer.answer(payload, multi_value)
        check_head(reply.status, reply.headers)


def check_head(status, headers):
    """It can be written, and nobody can write a second head into it."""
    code, _, reason = status.partition(" ")
    assert 100 <= int(code) < 600
    for text in (reason, *(part for header in headers for part in header)):
        text.encode("latin-1")
        assert not set("\r\n\0") & set(text)
    assert not any(":" in name or not name for name, _ in headers)


@pytest.mark.parametrize(
    "read",
    [
        partial(responses.inferred, content_type="application/json"),
        partial(responses.explicit, content_type="application/json"),
    ],
    ids=["2.0", "1.0"],
)
@FUZZ
@given(payload=PAYLOADS)
def test_an_http_api_answers_or_calls_it_malformed(read, payload):
    with contextlib.suppress(responses.Malformed):
        response = read(payload)
        check_head(f"{response.status_code} ", list(response.headers))


@FUZZ
@given(body=st.binary(max_size=40), status=st.integers(200, 599), multi_value=st.booleans())
def test_a_binary_body_comes_through(body, status, multi_value):
    value = {"statusCode": status, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    payload = json.dumps(value).encode()
    assert alb_answer.answer(payload, multi_value).body == body
    for read in (responses.inferred, responses.explicit):
        response = read(payload, content_type="application/json")
        assert (response.status_code, response.data) == (status, body)


@FUZZ
@given(prelude=PAYLOADS)
def test_a_stream_s_prelude_is_a_head_or_malformed(prelude):
    with contextlib.suppress(responses.Malformed):
        response = streaming.head(prelude, [b"x"])
        check_head(f"{response.status_code} ", list(response.headers))


@pytest.mark.parametrize(
    "read",
    [
        lambda: payloads.client_context(base64.b64encode(DEEP).decode()),
        lambda: daemon._is_header(DEEP),
        lambda: invoke_stream._error(DEEP),
        lambda: queues.QueuePoller.matches(SimpleNamespace(filter_patterns=["{}"]), {"body": DEEP.decode()}),
    ],
    ids=["client context", "X-Ray", "streamed error", "message"],
)
def test_what_is_nested_too_deeply_is_no_json(read):
    """Python's parser ends in a RecursionError, which nobody who expects text that is no JSON thinks of."""
    read()


def test_an_event_that_is_nested_too_deeply_reaches_no_function():
    with pytest.raises(InvalidRequestContentException, match=r"Could not parse request body into json"):
        payloads.check_json(DEEP)
