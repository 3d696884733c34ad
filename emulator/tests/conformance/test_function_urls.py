"""Function URLs

HTTP endpoints of functions and aliases: who may call, events, responses and CORS.
"""

from __future__ import annotations

import base64

import pytest
from botocore.exceptions import ClientError
from deployed import archive
from fronts import ask, deployed, open_url, says

INVOKING = "https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"
CONFIGURING = "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"
AUTH = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=210987654321/20260101/us-east-1/lambda/aws4_request, Signature=x"
}


@pytest.fixture(scope="module")
def echo(server):
    """A function that returns the event, or what a header says."""
    with deployed(server, "front_door.py") as function:
        yield function


@pytest.fixture
def url(echo):
    """Makes the URL of that function."""

    def make(auth="NONE", **options):
        made = echo.client.create_function_url_config(FunctionName=echo.name, AuthType=auth, **options)
        open_url(echo.client, echo.name, "*" if auth == "NONE" else "210987654321", auth)
        return made["FunctionUrl"].rstrip("/")

    yield make
    echo.client.delete_function_url_config(FunctionName=echo.name)


@pytest.mark.rule(INVOKING)
def test_an_event_has_format_2(server, url):
    headers = [("Header1", "a"), ("Header1", "b"), ("Cookie", "c1=1; c2=2"), ("Content-Type", "text/plain")]
    event = ask(server, f"{url()}/my/path?parameter1=1&parameter1=2", "POST", headers, b"Hello").value
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "$default", "/my/path")
    assert event["rawQueryString"] == "parameter1=1&parameter1=2"
    assert event["queryStringParameters"] == {"parameter1": "1,2"}
    assert (event["cookies"], event["headers"]["header1"]) == (["c1=1", "c2=2"], "a,b")
    assert (event["body"], event["isBase64Encoded"]) == ("Hello", False)
    context = event["requestContext"]
    assert (context["accountId"], context["stage"], context["routeKey"]) == ("anonymous", "$default", "$default")
    assert context["http"]["sourceIp"] == "127.0.0.1"
    assert (context["http"]["method"], context["http"]["path"]) == ("POST", "/my/path")
    assert context["domainName"].startswith(f"{context['apiId']}.lambda-url.us-east-1.")


@pytest.mark.rule(INVOKING)
def test_a_binary_body_arrives_in_base64(server, url):
    event = ask(server, url(), "PUT", {"Content-Type": "application/octet-stream"}, b"\0\xff").value
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\0\xff", True)


@pytest.mark.rule(INVOKING)
@pytest.mark.parametrize(
    ("value", "body"), [({"message": "Hello"}, b'{"message": "Hello"}'), ("Hello", b"Hello"), ([1], b"[1]"), (3, b"3")]
)
def test_json_without_a_status_is_the_body(server, url, value, body):
    reply = ask(server, url(), headers=says(value))
    assert (reply.status, reply.header("content-type"), reply.body) == (200, "application/json", body)


@pytest.mark.rule(INVOKING)
def test_a_response_has_status_headers_cookies_and_a_body(server, url):
    value = {"statusCode": 201, "headers": {"My-Header": "x"}, "cookies": ["a=1", "b=2; Secure"]}
    value |= {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True}
    reply = ask(server, url(), headers=says(value))
    assert (reply.status, reply.header("my-header"), reply.body) == (201, "x", b"\xff")
    assert reply.all("set-cookie") == ["a=1", "b=2; Secure"]


MALFORMED = (
    {"statusCode": "many"},
    {"statusCode": 100},
    {"statusCode": 200, "body": "\u00e9", "isBase64Encoded": True},
    {"statusCode": 200, "headers": {"a": "\u65e5"}},
)


@pytest.mark.rule(INVOKING)
@pytest.mark.parametrize("headers", [{"x-fail": "secret"}, *map(says, MALFORMED)])
def test_an_error_or_a_malformed_response_is_a_bad_gateway(server, url, headers):
    reply = ask(server, url(), headers=headers)
    assert (reply.status, reply.body) == (502, b"Internal Server Error")


@pytest.mark.rule(AUTH)
def test_an_unsigned_request_to_a_url_for_iam_is_forbidden(server, url):
    address = url("AWS_IAM")
    reply = ask(server, address)
    assert (reply.status, reply.header("x-amzn-errortype")) == (403, "AccessDeniedException")
    words = "Forbidden. For troubleshooting Function URL authorization issues, see: "
    assert reply.value == {"Message": words + AUTH}
    context = ask(server, address, headers=SIGNED).value["requestContext"]
    assert (context["accountId"], context["authorizer"]["iam"]["accountId"]) == ("210987654321", "210987654321")


@pytest.mark.rule(AUTH)
def test_a_url_for_everybody_takes_no_note_of_a_signature(server, url):
    context = ask(server, url(), headers=SIGNED).value["requestContext"]
    assert context["accountId"] == "anonymous"
    assert "authorizer" not in context


@pytest.mark.rule(CONFIGURING)
def test_an_alias_has_a_url_of_its_own_and_a_version_has_none(server, deploy):
    function = deploy(code=archive({"probe.py": "def handler(e, c):\n    return c.invoked_function_arn\n"}))
    version = function.publish()
    client, name = function.client, function.name
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    made = client.create_function_url_config(FunctionName=name, AuthType="NONE", Qualifier="live")
    open_url(client, f"{name}:live")
    assert ask(server, made["FunctionUrl"]).body.endswith(b":live")
    with pytest.raises(ClientError):
        client.create_function_url_config(FunctionName=name, AuthType="NONE", Qualifier=version)


@pytest.mark.rule(CONFIGURING)
def test_a_throttled_request_is_too_many(server, url, echo):
    address = url()
    echo.client.put_function_concurrency(FunctionName=echo.name, ReservedConcurrentExecutions=0)
    try:
        assert ask(server, address).status == 429
    finally:
        echo.client.delete_function_concurrency(FunctionName=echo.name)


@pytest.mark.rule(CONFIGURING)
def test_sharing_is_configured_and_not_the_function_s_to_answer(server, url):
    shared = {"AllowOrigins": ["https://www.example.com"], "AllowMethods": ["GET"], "AllowHeaders": ["x-one"]}
    address = url(Cors=shared | {"ExposeHeaders": ["x-two"], "MaxAge": 60, "AllowCredentials": True})
    asking = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "GET"}
    preflight = ask(server, address, "OPTIONS", asking)
    assert preflight.header("access-control-allow-origin") == "https://www.example.com"
    assert preflight.header("access-control-allow-methods") == "GET"
    assert preflight.header("access-control-allow-headers") == "x-one"
    assert preflight.header("access-control-max-age") == "60"
    value = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    reply = ask(server, address, headers=asking | says(value))
    assert reply.header("access-control-allow-origin") == "https://www.example.com"
    assert reply.header("access-control-allow-credentials") == "true"
    assert reply.header("access-control-expose-headers") == "x-two"
    stranger = ask(server, address, headers=says(value) | {"Origin": "https://evil.example.com"})
    assert (stranger.status, stranger.header("access-control-allow-origin")) == (200, None)


@pytest.mark.rule(CONFIGURING)
def test_without_configuration_the_function_answers_for_itself(server, url):
    asking = {"Origin": "https://www.example.com"}
    value = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    reply = ask(server, url(), "OPTIONS", asking | says(value))
    assert (reply.status, reply.header("access-control-allow-origin")) == (200, "*")
    assert reply.header("access-control-allow-methods") is None


@pytest.mark.rule(INVOKING)
def test_a_url_is_reached_by_its_name_here_and_on_aws(server, url):
    identifier = url().partition("//")[2].partition(".")[0]
    aws = f"http://{identifier}.lambda-url.us-east-1.on.aws/a%20b"
    paths = [ask(server, aws).value["rawPath"], ask(server, aws, as_proxy=True).value["rawPath"]]
    assert paths == ["/a%20b"] * 2
    unknown = ask(server, "http://unknown.lambda-url.us-east-1.on.aws/")
    assert unknown.status == 403
