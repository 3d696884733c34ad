"""Filter patterns, without a server."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from localstack_dockerless.services.logs import filters
from localstack_dockerless.services.logs.patterns import InvalidPatternError, Pattern, compiled

EVENT = {
    "level": "ERROR",
    "latency": 120.5,
    "code": "404",
    "retry": True,
    "cause": None,
    "user": {"id": 7, "first name": "Ada"},
    "tags": ["a", "b"],
}
LINE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("ERROR", "[ERROR] it failed", True),
        ("ERROR", "[error] it failed", False),
        ("ERROR failed", "ERROR: it failed", True),
        ("ERROR failed", "ERROR: it passed", False),
        ("?ERROR ?WARN", "a WARN", True),
        ("?ERROR ?WARN", "an INFO", False),
        ("ERROR -EXITING", "ERROR EXITING", False),
        ("ERROR -EXITING", "ERROR", True),
        ('"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", True),
        ('"INTERNAL SERVER ERROR"', "INTERNAL ERROR", False),
        ("%time[0-9]+%", "at time12", True),
        ("%time[0-9]+%", "at time", False),
    ],
)
def test_terms(pattern, message, matches):
    assert Pattern(pattern).matches(message) is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.level = "ERROR" }', True),
        ("{ $.level = ERROR }", True),
        ('{ $.level != "ERROR" }', False),
        ('{ $.level = "ERR*" }', True),
        ('{ $.level = "RR*" }', False),
        ("{ $.level = %^ERR% }", True),
        ("{ $.latency > 120 }", True),
        ("{ $.latency >= 120.5 && $.latency < 121 }", True),
        ("{ $.latency = 120.50 }", True),
        ("{ $.code = 404 }", True),
        ("{ $.user.id = 7 }", True),
        ("{ $.user.['first name'] = \"Ada\" }", True),
        ('{ $.tags[1] = "b" }', True),
        ('{ $.tags[2] = "c" }', False),
        ("{ $.retry IS TRUE }", True),
        ("{ $.retry IS FALSE }", False),
        ("{ $.cause IS NULL }", True),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.level NOT EXISTS }", False),
        ("{ $.level EXISTS }", True),
        ("{ $.missing IS NULL }", False),
        ('{ ($.level = "INFO" || $.latency > 100) && $.user.id = 7 }', True),
        ('{ $.level = "INFO" || $.latency > 100 && $.user.id = 8 }', False),
    ],
)
def test_conditions_on_json(pattern, matches):
    assert Pattern(pattern).matches(json.dumps(EVENT) + "\n") is matches
    assert Pattern(pattern).matches("START RequestId: 1") is False


def test_json_that_is_too_deep_is_no_match():
    assert Pattern("{ $.a EXISTS }").matches('{"a":' + "[" * 100_000) is False


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("[ip, name, user, timestamp, request, status, bytes]", True),
        ("[ip, name, user, timestamp, request, status = 4*, bytes > 1000]", True),
        ("[ip, name, user, timestamp, request, status = 5*, bytes]", False),
        ("[ip, ..., status = 404, bytes]", True),
        ("[..., request = *index.html*, status != 404, bytes]", False),
        ("[ip, name]", False),
    ],
)
def test_columns(pattern, matches):
    assert Pattern(pattern).matches(LINE) is matches


@pytest.mark.parametrize(
    ("pattern", "message", "selector", "value"),
    [
        ("{ $.latency > 0 }", json.dumps(EVENT), "$.latency", 120.5),
        ("{ $.latency > 0 }", json.dumps(EVENT), "$.missing", None),
        ("[..., status, bytes]", LINE, "$bytes", "1534"),
        ("ERROR", "ERROR", "$.latency", None),
    ],
)
def test_values(pattern, message, selector, value):
    assert Pattern(pattern).value(message, selector) == value


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a }",
        "{ $.a = }",
        "{ $.a > x }",
        "{ ($.a = 1 }",
        "{ }",
        "{ $.a = 1 && }",
        '"open',
        "%(%",
        "[a,,b]",
        "[]",
        "[..., a=1, ...]",
        "{" + "(" * 500 + "}",
    ],
)
def test_what_is_no_pattern(pattern):
    with pytest.raises(InvalidPatternError):
        compiled(pattern)


def test_a_value_that_is_no_finite_number_does_not_count(monkeypatch):
    counted = []
    monkeypatch.setattr(filters, "add", lambda *args: counted.extend(one["Value"] for one in args[-1]))
    transformation = {"metricNamespace": "n", "metricName": "m", "metricValue": "$.v"}
    kept = {"logGroupName": "g", "filterPattern": "{ $.v = * }", "metricTransformations": [transformation]}
    backend = SimpleNamespace(filters=SimpleNamespace(metric_filters=[kept]), account_id="0", region_name="r")
    messages = ['{"v": "nan"}', '{"v": 1e999}', '{"v": "-inf"}', '{"v": 2}']
    filters.apply(backend, "g", [{"timestamp": 0, "message": message} for message in messages])
    assert counted == [2.0]


def test_a_subscription_with_a_malformed_pattern_is_refused(server):
    """LocalStack takes it, and fails each time something is written to the group."""
    logs = server.client("logs")
    logs.create_log_group(logGroupName="/malformed/subscription")
    destination = "arn:aws:kinesis:us-east-1:000000000000:stream/none"
    with pytest.raises(ClientError, match="Invalid filter pattern"):
        logs.put_subscription_filter(
            logGroupName="/malformed/subscription", filterName="f", filterPattern="%(%", destinationArn=destination
        )
