"""The short way of an Invoke gives what the ordinary way gives, and leaves it what is unusual."""

from __future__ import annotations

import http.client
import json

import boto3
import pytest
from functions import deploy
from localstack_dockerless.server import lane
from localstack_dockerless.server.wire import Head

ACCOUNT = "000000000000"
SOURCE = """
import json
def handler(event, context):
    if event == "raise":
        raise ValueError("no")
    if event == "umlaut":
        return "\u00fc"
    if event == "client":
        return context.client_context and context.client_context.custom
    return {"event": event, "version": context.function_version, "arn": context.invoked_function_arn}
"""
# Whatever is not in the lane's list of headers sends a request the ordinary way.
UNUSUAL = {"X-Unusual": "1"}
VOLATILE = {"date", "x-amzn-requestid", "x-amz-request-id"}


@pytest.fixture(scope="module")
def function(server):
    client = server.client("lambda")
    name = deploy(client, SOURCE)
    client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.invoke(FunctionName=name, Payload=b"1")
    client.invoke(FunctionName=name, Qualifier="1", Payload=b"1")
    return name


def post(server, target, body, headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    region = headers.get("region", "us-east-1")
    scope = f"{headers.get('key', ACCOUNT)}/20260101/{region}/lambda/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    kept = {name: value for name, value in headers.items() if name not in ("region", "key")}
    connection.request("POST", target, body, {"Authorization": authorization, **kept})
    response = connection.getresponse()
    names = {name.lower(): value for name, value in response.getheaders() if name.lower() not in VOLATILE}
    content = response.read()
    connection.close()
    return response.status, names, content


def path(name, query=""):
    return f"/2015-03-31/functions/{name}/invocations{query}"


ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"
CASES = {
    "a result": ("{name}", "", b'{"a": 1}', {}),
    "no payload": ("{name}", "", b"", {}),
    "a function's error": ("{name}", "", b'"raise"', {}),
    "text beyond ASCII": ("{name}", "", b'"umlaut"', {}),
    "a version": ("{name}", "?Qualifier=1", b"1", {}),
    "an alias": ("{name}%3Alive", "", b"1", {}),
    "an alias twice": ("{name}%3Alive", "?Qualifier=1", b"1", {}),
    "an ARN": (ARN.replace(":", "%3A") + "{name}", "", b"1", {}),
    "an ARN of another region": (ARN.replace("us-east-1", "eu-west-1") + "{name}", "", b"1", {}),
    "a region of another continent": ("{name}", "", b"1", {"region": "eu-west-1"}),
    "a region that does not exist": ("{name}", "", b"1", {"region": "mars-north-1"}),
    "another account": ("{name}", "", b"1", {"key": "111111111111"}),
    "a key that is no account": ("{name}", "", b"1", {"key": "test"}),
    "an unknown function": ("nobody", "", b"1", {}),
    "an unknown version": ("{name}", "?Qualifier=9", b"1", {}),
    "an unknown alias": ("{name}", "?Qualifier=dead", b"1", {}),
    "a name that is none": ("in%20valid", "", b"1", {}),
    "no JSON": ("{name}", "", b"{a", {}),
    "no text": ("{name}", "", b"\xff", {}),
    "too much": ("{name}", "", b'"' + b"x" * (6 * 1024 * 1024) + b'"', {}),
    "a client context": ("{name}", "", b'"client"', {"X-Amz-Client-Context": "eyJjdXN0b20iOiB7ImsiOiAidiJ9fQ=="}),
    "a dry run": ("{name}", "", b"1", {"X-Amz-Invocation-Type": "DryRun"}),
    "an invocation type that is none": ("{name}", "", b"1", {"X-Amz-Invocation-Type": "Never"}),
}


@pytest.mark.parametrize("case", CASES)
def test_both_ways_give_the_same_answer(server, function, case):
    name, query, body, headers = CASES[case]
    target = path(name.format(name=function), query)
    short, ordinary = (post(server, target, body, headers | extra) for extra in ({}, UNUSUAL))
    assert _comparable(short) == _comparable(ordinary)


def _comparable(answer):
    """Without the request id that an error of a function carries."""
    status, headers, content = answer
    if headers.get("x-amz-function-error"):
        return status, headers.keys(), {**json.loads(content), "requestId": None}
    return status, headers, content


@pytest.fixture
def sent():
    """What boto3 sends for an Invoke, as the server reads it."""
    requests = []

    def keep(request, **_rest):
        requests.append(request)
        raise ConnectionError

    client = boto3.Session(ACCOUNT, "secret", region_name="us-east-1").client(
        "lambda", endpoint_url="http://127.0.0.1:1"
    )
    client.meta.events.register("before-send.lambda.Invoke", keep)
    with pytest.raises(ConnectionError):
        client.invoke(FunctionName="f", Qualifier="live", LogType="Tail", ClientContext="e30=", Payload=b"{}")
    (request,) = requests
    headers = {name.lower().encode(): _bytes(value) for name, value in request.headers.items()}
    target = request.url.removeprefix("http://127.0.0.1:1")
    return Head("POST", target, "HTTP/1.1", list((headers | {b"host": b"127.0.0.1:1"}).items()))


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def test_what_boto3_sends_takes_the_short_way(sent, monkeypatch):
    monkeypatch.setattr(lane, "_is_running", lambda: True)
    invoke = lane.Lane()._recognize(sent)
    assert (invoke.function, invoke.qualifier, invoke.account, invoke.region) == ("f", "live", ACCOUNT, "us-east-1")


@pytest.mark.parametrize(
    "header",
    [(b"X-Unusual", b"1"), (b"Origin", b"http://localhost"), (b"x-localstack-data", b"{}"), (b"User-Agent", b"twice")],
)
def test_what_is_unusual_takes_the_ordinary_way(sent, monkeypatch, header):
    monkeypatch.setattr(lane, "_is_running", lambda: True)
    sent.headers.append(header)
    assert lane.Lane()._recognize(sent) is None


def test_the_tail_of_the_log_comes_back_both_ways(server, function):
    for extra in ({}, UNUSUAL):
        _, headers, _ = post(server, path(function), b"1", {"X-Amz-Log-Type": "Tail", **extra})
        assert headers["x-amz-log-result"]


def test_an_error_in_the_lane_is_answered_once(server):
    """The ordinary way must not run the function again."""
    client = server.client("lambda")
    name = deploy(client, "def handler(event, context):\n    return 'x' * (7 * 1024 * 1024)\n")
    answers = [post(server, path(name), b"1", extra) for extra in ({}, UNUSUAL)]
    assert {status for status, _, _ in answers} == {200}
    assert all("ResponseSizeTooLarge" in json.loads(content)["errorType"] for _, _, content in answers)
