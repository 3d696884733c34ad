"""Telemetry API

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json

import pytest
from spies import SPY

API = "https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html"
SCHEMA = "https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html"
HTTP = {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"}
QUICK = {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25}


def subscription(**changes):
    """An extension that subscribes, and does not let an invocation end before it has the runtime's part of it."""
    wanted = {"schemaVersion": "2022-12-13", "types": ["platform"], "destination": HTTP, "buffering": QUICK}
    return {"invoke": "report", "subscribe": wanted | changes}


def received(function):
    """What the listener has got: the report of an invocation comes in the next one, whose part is waited for."""
    function.invoke()
    return [json.loads(line) for line in function.invoke({"read": "/tmp/telemetry"}).value.splitlines()]


def records(events, kind):
    return [event["record"] for event in events if event["type"] == kind]


@pytest.mark.rule(API)
@pytest.mark.parametrize("destination", [HTTP, {"protocol": "TCP", "port": 8080}], ids=["HTTP", "TCP"])
def test_events_are_posted_to_a_listener_in_the_environment(extended, destination):
    function = extended({"spy.py": SPY}, subscription(destination=destination))
    assert "TELEMETRY\tName: spy.py\tState: Subscribed\tTypes: [Platform]" in function.invoke().lines
    kinds = [event["type"] for event in received(function)]
    assert kinds[:6] == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
    ]
    assert kinds[6:8] == ["platform.runtimeDone", "platform.report"]


@pytest.mark.rule(SCHEMA)
def test_the_events_of_init_say_how_the_environment_was_made(extended):
    function = extended({"spy.py": SPY}, subscription())
    function.invoke()
    events = received(function)
    (start,) = records(events, "platform.initStart")
    (report,) = records(events, "platform.initReport")
    assert (start["initializationType"], start["phase"], start["functionName"]) == ("on-demand", "init", function.name)
    assert start["runtimeVersion"] == "python:3.13"
    assert (report["phase"], report["status"]) == ("init", "success")
    assert report["metrics"]["durationMs"] > 0
    assert records(events, "platform.extension") == [
        {"name": "spy.py", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}
    ]


@pytest.mark.rule(SCHEMA)
def test_the_events_of_an_invocation_say_what_its_lines_say(extended):
    function = extended({"spy.py": SPY}, subscription(), TracingConfig={"Mode": "Active"})
    request = function.invoke().report.split()[2]
    events = received(function)
    start, done, report = (records(events, f"platform.{kind}")[0] for kind in ("start", "runtimeDone", "report"))
    assert {start["requestId"], done["requestId"], report["requestId"]} == {request}
    assert start["version"] == "$LATEST"
    assert start["tracing"]["type"] == "X-Amzn-Trace-Id"
    assert (done["status"], report["status"]) == ("success", "success")
    assert done["metrics"]["producedBytes"] == len("[]")
    assert done["spans"][0]["name"] == "responseLatency"
    metrics = report["metrics"]
    assert metrics["durationMs"] >= done["metrics"]["durationMs"], "the extension's time comes on top"
    assert metrics["billedDurationMs"] >= metrics["durationMs"]
    assert metrics["memorySizeMB"] == 1769
    assert metrics["initDurationMs"] > 0


@pytest.mark.rule(API)
def test_lines_of_the_function_and_of_extensions_are_streams_of_their_own(extended):
    function = extended({"spy.py": SPY}, subscription(types=["platform", "function", "extension"]))
    function.invoke({"print": "hello"})
    events = received(function)
    assert records(events, "function") == ["hello"]
    lines = records(events, "extension")
    assert any(line.startswith("[spy.py] INVOKE") for line in lines)


@pytest.mark.rule(API)
@pytest.mark.parametrize(
    "changes",
    [
        {"types": []},
        {"types": ["everything"]},
        {"schemaVersion": "2020-08-15"},
        {"destination": {"protocol": "HTTP", "URI": "http://example.com:8080"}},
        {"destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:9001"}},
        {"buffering": QUICK | {"timeoutMs": 24}},
        {"buffering": QUICK | {"maxItems": 999}},
        {"buffering": QUICK | {"maxBytes": 262143}},
    ],
    ids="-".join,
)
def test_a_subscription_outside_the_limits_is_refused(validate, changes):
    wanted = {"schemaVersion": "2022-12-13", "types": ["platform"], "destination": HTTP, "buffering": QUICK}
    assert validate(wanted) is None
    assert validate(wanted | changes)


@pytest.fixture
def validate():
    """What the API has against a request, or None: deploying a function for each would take a while."""
    from localstack_dockerless.executor import subscription as api

    def problem(wanted):
        try:
            api.parse(json.dumps(wanted).encode())
        except api.Invalid as invalid:
            return str(invalid)
        return None

    return problem
