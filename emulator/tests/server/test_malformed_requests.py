"""Requests that no SDK would send: the caller's error, never the server's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "dynamodbstreams": ("DynamoDBStreams_20120810", "1.0"),
    "kinesis": ("Kinesis_20131202", "1.1"),
    "logs": ("Logs_20140328", "1.1"),
    "events": ("AWSEvents", "1.1"),
}
SIGNED = {"dynamodbstreams": "dynamodb"}


def post(server, service, path, body, **headers):
    """Status and error type of the answer."""
    credential = f"Credential=000000000000/20260101/us-east-1/{SIGNED.get(service, service)}/aws4_request"
    headers.setdefault("Content-Type", "application/json")
    headers["Authorization"] = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(server.endpoint + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["__type"]


def call(server, service, operation, body):
    target, version = TARGETS[service]
    headers = {"X-Amz-Target": f"{target}.{operation}", "Content-Type": f"application/x-amz-json-{version}"}
    return post(server, service, "/", body, **headers)


OPERATIONS = [
    ("dynamodb", "PutItem"),
    ("dynamodb", "TransactWriteItems"),
    ("dynamodbstreams", "GetRecords"),
    ("kinesis", "GetRecords"),
    ("kinesis", "UpdateShardCount"),
    ("logs", "StartQuery"),
    ("events", "PutRule"),
]


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"1", b"null", b"\xff\xfe"])
def test_a_body_that_is_no_object_cannot_be_read(server, service, operation, body):
    assert call(server, service, operation, body) == (400, "SerializationException")


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_a_parameter_that_is_missing_is_named(server, service, operation):
    code = {"logs": "InvalidParameterException"}.get(service, "ValidationException")
    assert call(server, service, operation, {}) == (400, code)


@pytest.mark.parametrize(
    ("service", "operation", "body"),
    [
        ("dynamodb", "PutItem", {"TableName": "t", "Item": {"id": "x"}}),
        ("dynamodb", "PutItem", {"TableName": ["t"], "Item": {}}),
        ("dynamodbstreams", "GetRecords", {"ShardIterator": 1}),
        ("dynamodbstreams", "GetRecords", {"ShardIterator": "x", "Limit": "x"}),
        ("kinesis", "PutRecord", {"StreamName": "s", "Data": 0, "PartitionKey": "k"}),
        ("kinesis", "SplitShard", {"StreamName": "s", "ShardToSplit": [], "NewStartingHashKey": "1"}),
        ("logs", "StartQuery", {"logGroupName": 1, "startTime": 1, "endTime": 2, "queryString": "fields a"}),
        ("events", "PutRule", {"Name": "r", "ScheduleExpression": 1}),
    ],
)
def test_a_parameter_of_another_type_cannot_be_read(server, service, operation, body):
    assert call(server, service, operation, body) == (400, "SerializationException")


@pytest.mark.parametrize("path", ["/TraceSummaries", "/Traces", "/TraceGraph", "/ServiceGraph", "/TraceSegments"])
def test_x_ray_names_what_is_missing(server, path):
    assert post(server, "xray", path, {}) == (400, "InvalidRequestException")


def test_what_is_missing_within_a_parameter_is_named_too(server):
    body = {"logGroupName": "g", "filterName": "f", "filterPattern": "", "metricTransformations": [{}]}
    assert call(server, "logs", "PutMetricFilter", body) == (400, "InvalidParameterException")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ScheduleExpressionTimezone": 1}, "SerializationException"),
        ({"ScheduleExpression": 1}, "SerializationException"),
        ({"Target": {"Arn": 5, "RoleArn": "r"}}, "SerializationException"),
        ({"Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q"}}, "ValidationException"),
    ],
)
def test_a_schedule_is_what_the_model_says(server, change, code):
    target = {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "RoleArn": "arn:aws:iam::000000000000:role/r"}
    body = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target, **change}
    assert post(server, "scheduler", "/schedules/malformed", body) == (400, code)


@pytest.mark.parametrize("target", [0, -1])
def test_a_stream_without_shards_is_refused(server, target):
    """Moto: a loop without end, with the lock of all streams held."""
    client, name = server.client("kinesis"), f"malformed{target}"
    client.create_stream(StreamName=name, ShardCount=1)
    body = {"StreamName": name, "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING"}
    assert call(server, "kinesis", "UpdateShardCount", body) == (400, "InvalidArgumentException")
    assert len(client.list_shards(StreamName=name)["Shards"]) == 1


@pytest.mark.parametrize("value", [{}, {"S": "1", "N": "2"}])
def test_an_attribute_has_one_type(server, value):
    """Moto: 500 for none, and takes the first of several."""
    body = {"TableName": "malformed", "Item": {"id": value}}
    assert call(server, "dynamodb", "PutItem", body) == (400, "ValidationException")
