"""Requests that no SDK sends: what is wrong with them is an error of the caller's, never of the server's."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlencode

import pytest

FUNCTION = "/2015-03-31/functions"


def ask(server, service, target, body=b"", method="POST", **headers):
    """Status, and what stands for the code: a header or the body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    scope = f"Credential=771771771771/20250101/us-east-1/{service}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=abc"}
    connection.request(
        method, target, body, signed | {name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    said = f"{response.headers.get('x-amzn-errortype', '')} {response.read().decode()}"
    connection.close()
    return response.status, said


def form(action, **parameters):
    return urlencode({"Action": action, "Version": "2015-12-01", **parameters})


FORM = {"Content_Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("service", "target", "body", "code"),
    [
        ("lambda", FUNCTION, {"FunctionName": "a", "MemorySize": "much"}, "SerializationException"),
        ("lambda", FUNCTION, {"FunctionName": "a", "Environment": []}, "SerializationException"),
        ("lambda", FUNCTION, {"FunctionName": {"a": 1}}, "can not be converted to a String"),
        ("lambda", FUNCTION, {"FunctionName": "\ud800"}, "Unpaired surrogate in a String"),
        ("apigateway", "/v2/apis", {"name": "a", "corsConfiguration": {"maxAge": "long"}}, "SerializationException"),
        ("apigateway", "/v2/apis", {"name": "a"}, "BadRequestException"),
        ("elasticfilesystem", "/2015-02-01/file-systems", {}, "BadRequest"),
        (
            "elasticfilesystem",
            "/2015-02-01/file-systems",
            {"CreationToken": "a", "AvailabilityZoneName": "x"},
            "UnsupportedAvailabilityZone",
        ),
    ],
)
def test_values_of_a_wrong_type_and_missing_ones_are_the_callers_error(server, service, target, body, code):
    status, said = ask(server, service, target, json.dumps(body))
    assert (status, code in said) == (400, True), said


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("BatchGetImage", {"imageIds": [None]}, "Value null at 'imageIds[0]'"),
        ("BatchCheckLayerAvailability", {"layerDigests": [5]}, "SerializationException"),
        ("PutImage", {"imageManifest": 5}, "SerializationException"),
        ("PutImage", {"imageManifest": None}, "Value null at 'imageManifest'"),
        ("UploadLayerPart", {"uploadId": "x"}, "3 validation errors detected: "),
    ],
)
def test_a_service_of_motos_looks_into_requests_too(server, operation, parameters, code):
    target = {"X_Amz_Target": f"AmazonEC2ContainerRegistry_V20150921.{operation}"}
    content = {"Content_Type": "application/x-amz-json-1.1"}
    status, said = ask(server, "ecr", "/", json.dumps({"repositoryName": "a", **parameters}), **target, **content)
    assert (status, code in said) == (400, True), said


@pytest.mark.parametrize("body", ["{", "[]", "7", '"text"', "\xff"])
def test_a_body_that_is_no_object_is_the_callers_error(server, body):
    assert ask(server, "lambda", FUNCTION, body)[0] == 400


def test_a_query_that_cannot_be_read_is_the_callers_error(server):
    body = form("CreateListener", LoadBalancerArn="a", Port="eighty")
    status, said = ask(server, "elasticloadbalancing", "/", body, **FORM)
    assert (status, "<Code>MalformedInput</Code>" in said) == (400, True), said


def test_an_operation_that_does_not_exist_is_said_so(server):
    status, said = ask(server, "lambda", "/2015-03-31/nothing", method="GET")
    assert (status, "UnknownOperationException" in said) == (404, True), said
    status, said = ask(server, "iam", "/", form("Nothing"), **FORM)
    assert (status, "<Code>InvalidAction</Code>" in said) == (400, True), said


def test_the_concurrency_of_a_function_that_does_not_exist_is_not_found(server):
    client = server.client("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Function not found: arn:"):
        client.delete_function_concurrency(FunctionName="absent")
