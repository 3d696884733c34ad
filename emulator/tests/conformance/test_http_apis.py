"""HTTP APIs

API Gateway v2 in front of functions: routes, events in both formats, responses, CORS and authorizers.
"""

from __future__ import annotations

import base64
import json

import pytest
from botocore.exceptions import ClientError
from deployed import archive
from fronts import HttpApi, admit, arn, ask, deployed, says

LAMBDA = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"
ROUTES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html"
STAGES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html"
CORS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"
AUTHORIZERS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html"
IAM = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html"
QUOTAS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"
QUICK = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html"
CREATE_ROUTE = "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html"
CREATE_INTEGRATION = "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html"
CREATE_STAGE = "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html"
OPENAPI = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:any"


@pytest.fixture
def api(server):
    made = HttpApi.make(server)
    yield made
    made.client.delete_api(ApiId=made.id)


@pytest.fixture(scope="module")
def echo(server):
    """A function that returns the event, or what a header says."""
    with deployed(server, "front_door.py") as function:
        admit(function.client, function.name, "apigateway")
        yield function


@pytest.fixture(scope="module")
def decider(server):
    """A Lambda authorizer."""
    with deployed(server, "authorizes.py") as function:
        admit(function.client, function.name, "apigateway")
        yield function


def refused(call, code, status):
    with pytest.raises(ClientError) as error:
        call()
    response = error.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    return response["Error"]["Message"]


# Routes


@pytest.mark.rule(ROUTES)
def test_a_full_match_comes_before_a_greedy_one_and_that_before_the_default(api, echo):
    target = api.integrate(arn(echo))
    keys = ("$default", "ANY /{proxy+}", "ANY /pets/{proxy+}", "GET /pets/{id}", "GET /pets/dog", "ANY /pets/dog")
    for key in keys:
        api.route(key, target)
    asked = [("GET", "/pets/dog"), ("POST", "/pets/dog"), ("GET", "/pets/6"), ("GET", "/pets/6/toys"), ("GET", "/a")]
    chosen = [api.ask(path, method).value["routeKey"] for method, path in asked]
    assert chosen == ["GET /pets/dog", "ANY /pets/dog", "GET /pets/{id}", "ANY /pets/{proxy+}", "ANY /{proxy+}"]
    assert api.ask("/").value["routeKey"] == "$default"


@pytest.mark.rule(ROUTES)
def test_path_parameters_arrive_decoded(api, echo):
    api.route("GET /pets/{id}/{rest+}", api.integrate(arn(echo)))
    event = api.ask("/pets/a%20b/c/d").value
    assert event["pathParameters"] == {"id": "a b", "rest": "c/d"}


@pytest.mark.rule(ROUTES)
def test_a_request_without_a_route_is_not_found(api, echo):
    api.route("GET /pets", api.integrate(arn(echo)))
    for method, path in (("POST", "/pets"), ("GET", "/"), ("GET", "/pets/6")):
        reply = api.ask(path, method)
        assert (reply.status, reply.body) == (404, b'{"message":"Not Found"}')


@pytest.mark.rule(CREATE_ROUTE)
@pytest.mark.parametrize("key", ["GET", "/pets", "get /pets", "FETCH /pets", "GET pets", "GET /{a+}/b", "GET /{a}/{a}"])
def test_a_route_key_is_a_method_and_a_path(api, key):
    message = refused(lambda: api.client.create_route(ApiId=api.id, RouteKey=key), "BadRequestException", 400)
    assert message.startswith("The provided route key is not formatted properly for HTTP protocol.")


@pytest.mark.rule(CREATE_ROUTE)
def test_a_route_key_exists_once(api):
    api.client.create_route(ApiId=api.id, RouteKey="GET /pets/{id}")
    other = api.client.create_route(ApiId=api.id, RouteKey="POST /pets/{id}")["RouteId"]
    for key in ("GET /pets/{id}", "GET /pets/{name}"):
        refused(lambda key=key: api.client.create_route(ApiId=api.id, RouteKey=key), "ConflictException", 409)
        refused(
            lambda key=key: api.client.update_route(ApiId=api.id, RouteId=other, RouteKey=key), "ConflictException", 409
        )


@pytest.mark.rule(CREATE_ROUTE)
def test_a_route_needs_an_existing_integration_and_authorizer(api):
    def create(**options):
        return lambda: api.client.create_route(ApiId=api.id, RouteKey="GET /", **options)

    refused(create(Target="integrations/unknown"), "BadRequestException", 400)
    refused(create(AuthorizationType="CUSTOM", AuthorizerId="unknown"), "NotFoundException", 404)


@pytest.mark.rule(CREATE_INTEGRATION)
@pytest.mark.parametrize(
    "options",
    [
        {"IntegrationType": "AWS", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0"},
        {"IntegrationType": "MOCK"},
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION},
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "3.0"},
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": "any", "PayloadFormatVersion": "2.0"},
        {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"},
        {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://127.0.0.1:1"},
    ],
)
def test_an_integration_is_a_function_with_a_format_or_a_server_with_a_method(api, options):
    refused(lambda: api.client.create_integration(ApiId=api.id, **options), "BadRequestException", 400)


@pytest.mark.rule(QUOTAS)
def test_an_integration_waits_30_seconds_at_most(api):
    options = {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0"}
    assert api.client.create_integration(ApiId=api.id, **options)["TimeoutInMillis"] == 30_000
    options["TimeoutInMillis"] = 30_001
    refused(lambda: api.client.create_integration(ApiId=api.id, **options), "BadRequestException", 400)


# Stages


@pytest.mark.rule(QUICK)
def test_quick_create_makes_integration_default_route_and_stage(server, echo):
    api = HttpApi.make(server, Target=arn(echo))
    assert api.ask("/any/path").value["routeKey"] == "$default"
    [integration] = api.client.get_integrations(ApiId=api.id)["Items"]
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    [stage] = api.client.get_stages(ApiId=api.id)["Items"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)


@pytest.mark.rule(STAGES)
def test_a_stage_is_the_first_part_of_the_path_unless_it_is_the_default(api, echo):
    api.route("GET /pets", api.integrate(arn(echo)))
    variables = {"table": "blue"}
    api.client.create_stage(ApiId=api.id, StageName="dev", AutoDeploy=True, StageVariables=variables)
    default, dev = api.ask("/pets").value, api.ask("/dev/pets").value
    assert (default["requestContext"]["stage"], default["rawPath"]) == ("$default", "/pets")
    assert (dev["requestContext"]["stage"], dev["rawPath"], dev["stageVariables"]) == ("dev", "/dev/pets", variables)
    assert "stageVariables" not in default
    assert dev["requestContext"]["http"]["path"] == "/dev/pets"


@pytest.mark.rule(STAGES)
def test_without_automatic_deployment_a_stage_serves_what_was_deployed(api, echo):
    client, target = api.client, api.integrate(arn(echo))
    route = api.route("GET /pets", target)
    client.create_stage(ApiId=api.id, StageName="prod")
    assert api.ask("/prod/pets").status == 404
    first = client.create_deployment(ApiId=api.id, StageName="prod")
    assert first["DeploymentStatus"] == "DEPLOYED"
    assert api.ask("/prod/pets").status == 200
    client.update_route(ApiId=api.id, RouteId=route, RouteKey="GET /dogs")
    assert [api.ask(path).status for path in ("/prod/pets", "/prod/dogs", "/dogs")] == [200, 404, 200]
    second = client.create_deployment(ApiId=api.id)["DeploymentId"]
    client.update_stage(ApiId=api.id, StageName="prod", DeploymentId=second)
    assert [api.ask(path).status for path in ("/prod/pets", "/prod/dogs")] == [404, 200]
    in_use = refused(lambda: client.delete_deployment(ApiId=api.id, DeploymentId=second), "BadRequestException", 400)
    assert "Active stages" in in_use
    client.delete_deployment(ApiId=api.id, DeploymentId=first["DeploymentId"])
    assert [one["DeploymentId"] for one in client.get_deployments(ApiId=api.id)["Items"]] == [second]


@pytest.mark.rule(CREATE_STAGE)
def test_a_stage_has_a_new_name_of_letters_digits_and_dashes(api):
    refused(lambda: api.client.create_stage(ApiId=api.id, StageName="$default"), "ConflictException", 409)
    refused(lambda: api.client.create_stage(ApiId=api.id, StageName="a.b"), "BadRequestException", 400)


@pytest.mark.rule(STAGES)
def test_stage_variables_choose_the_function(api, echo, deploy):
    other = deploy(code=archive({"probe.py": "def handler(event, context):\n    return 'other'\n"}))
    admit(echo.client, echo.name, "apigateway")
    admit(other.client, other.name, "apigateway")
    api.route("GET /", api.integrate(arn(echo).replace(echo.name, "${stageVariables.function}")))
    for stage, function in (("a", echo), ("b", other)):
        variables = {"function": function.name}
        api.client.create_stage(ApiId=api.id, StageName=stage, AutoDeploy=True, StageVariables=variables)
    assert api.ask("/a").value["requestContext"]["stage"] == "a"
    assert api.ask("/b").body == b"other"


# Events


@pytest.mark.rule(LAMBDA)
def test_format_2_joins_what_is_repeated_and_takes_cookies_out(api, echo):
    api.route("POST /my/{path+}", api.integrate(arn(echo)))
    headers = [("Header1", "value1"), ("Header2", "a"), ("Header2", "b"), ("Cookie", "c1=1; c2=2")]
    headers += [("Content-Type", "text/plain"), ("User-Agent", "test")]
    event = api.ask(
        "/my/p%20ath?parameter1=value1&parameter1=value2&parameter2=a%20b&none", "POST", headers, b"hi"
    ).value
    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /my/{path+}"
    assert event["rawPath"] == "/my/p%20ath"
    assert event["rawQueryString"] == "parameter1=value1&parameter1=value2&parameter2=a%20b&none"
    assert event["cookies"] == ["c1=1", "c2=2"]
    assert {"header1": "value1", "header2": "a,b"}.items() <= event["headers"].items()
    assert "cookie" not in event["headers"]
    assert event["queryStringParameters"] == {"parameter1": "value1,value2", "parameter2": "a b", "none": ""}
    assert event["pathParameters"] == {"path": "p ath"}
    assert (event["body"], event["isBase64Encoded"]) == ("hi", False)
    context = event["requestContext"]
    assert (context["accountId"], context["apiId"], context["stage"]) == ("000000000000", api.id, "$default")
    assert context["routeKey"] == event["routeKey"]
    assert context["domainName"].startswith(f"{api.id}.execute-api.us-east-1.")
    assert context["domainPrefix"] == api.id
    assert context["http"] == {
        "method": "POST",
        "path": "/my/p%20ath",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert {"requestId", "time", "timeEpoch"} <= context.keys()


@pytest.mark.rule(LAMBDA)
def test_format_2_leaves_out_what_is_empty(api, echo):
    api.route("GET /", api.integrate(arn(echo)))
    event = api.ask("/").value
    absent = {"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"}
    assert not absent & event.keys()
    assert (event["rawQueryString"], event["isBase64Encoded"]) == ("", False)


@pytest.mark.rule(LAMBDA)
@pytest.mark.parametrize(
    ("content_type", "body", "is_text"),
    [
        ("application/json; charset=utf-8", '{"é":1}'.encode(), True),
        ("application/vnd.api+json", b"{}", True),
        ("text/csv", b"a,b", True),
        ("application/x-www-form-urlencoded", b"a=1&b=2", False),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n",
            False,
        ),
        ("application/octet-stream", b"\0\xff", False),
        ("text/plain", b"\xff", False),
    ],
)
def test_a_body_that_is_not_text_arrives_in_base64(api, echo, content_type, body, is_text):
    api.route("POST /", api.integrate(arn(echo)))
    event = api.ask("/", "POST", {"Content-Type": content_type}, body).value
    assert event["isBase64Encoded"] is not is_text
    assert (event["body"].encode() if is_text else base64.b64decode(event["body"])) == body


@pytest.mark.rule(LAMBDA)
def test_format_1_has_every_value_and_null_for_what_is_missing(api, echo):
    api.route("GET /my/{id}", api.integrate(arn(echo), PayloadFormatVersion="1.0"))
    headers = [("Header2", "a"), ("Header2", "b"), ("Cookie", "c1=1")]
    event = api.ask("/my/6?p=1&p=2", headers=headers).value
    assert (event["version"], event["resource"], event["path"]) == ("1.0", "/my/{id}", "/my/6")
    assert (event["httpMethod"], event["headers"]["header2"], event["headers"]["cookie"]) == ("GET", "b", "c1=1")
    assert event["multiValueHeaders"]["header2"] == ["a", "b"]
    assert event["queryStringParameters"] == {"p": "2"}
    assert event["multiValueQueryStringParameters"] == {"p": ["1", "2"]}
    assert event["pathParameters"] == {"id": "6"}
    assert (event["stageVariables"], event["body"], event["isBase64Encoded"]) == (None, None, False)
    context = event["requestContext"]
    assert (context["httpMethod"], context["resourcePath"], context["stage"]) == ("GET", "/my/{id}", "$default")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    nothing = api.ask("/my/6").value
    assert (nothing["queryStringParameters"], nothing["multiValueQueryStringParameters"]) == (None, None)


# Responses


@pytest.mark.rule(LAMBDA)
@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"message": "Hello"}, b'{"message": "Hello"}'),
        ("Hello from Lambda!", b"Hello from Lambda!"),
        ([1, "two"], b'[1, "two"]'),
        (None, b"null"),
    ],
)
def test_format_2_infers_a_response_from_json_without_a_status(api, echo, value, body):
    api.route("GET /", api.integrate(arn(echo)))
    reply = api.ask("/", headers=says(value))
    assert (reply.status, reply.header("content-type"), reply.body) == (200, "application/json", body)


@pytest.mark.rule(LAMBDA)
def test_format_2_sets_each_cookie(api, echo):
    value = {"statusCode": 201, "headers": {"X-One": "1"}, "cookies": ["a=1; Secure", "b=2"], "body": "made"}
    api.route("GET /", api.integrate(arn(echo)))
    reply = api.ask("/", headers=says(value))
    assert (reply.status, reply.body, reply.header("x-one")) == (201, b"made", "1")
    assert reply.all("set-cookie") == ["a=1; Secure", "b=2"]


@pytest.mark.rule(LAMBDA)
def test_a_response_in_base64_is_decoded(api, echo):
    value = {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\0\xff").decode()}
    value["headers"] = {"content-type": "image/png"}
    api.route("GET /", api.integrate(arn(echo)))
    reply = api.ask("/", headers=says(value))
    assert (reply.body, reply.header("content-type")) == (b"\0\xff", "image/png")


@pytest.mark.rule(LAMBDA)
def test_format_1_wants_a_status_and_knows_headers_with_several_values(api, echo):
    api.route("GET /", api.integrate(arn(echo), PayloadFormatVersion="1.0"))
    value = {"statusCode": 200, "multiValueHeaders": {"X-Two": ["1", "2"]}, "body": "ok"}
    assert api.ask("/", headers=says(value)).all("x-two") == ["1", "2"]
    reply = api.ask("/", headers=says({"message": "Hello"}))
    assert (reply.status, reply.body) == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.rule(LAMBDA)
@pytest.mark.parametrize(
    "value",
    [
        {"statusCode": "many"},
        *({"statusCode": status} for status in (99, 100, True, 10**30)),
        {"statusCode": 200, "body": "\u00e9", "isBase64Encoded": True},
        *({"statusCode": 200, "headers": {name: "b"}} for name in ("a\r\nc", "a b", "")),
        *({"statusCode": 200, "headers": {"a": value}} for value in ("\u65e5", "a\0b")),
        {"statusCode": 200, "cookies": ["a=\u65e5"]},
        {"statusCode": None},
        {"statusCode": 200, "body": {"an": "object"}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "body": "a", "isBase64Encoded": True},
    ],
)
def test_a_malformed_response_is_an_internal_server_error(api, echo, value):
    api.route("GET /", api.integrate(arn(echo)))
    reply = api.ask("/", headers=says(value))
    assert (reply.status, reply.body) == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.rule(LAMBDA)
def test_length_and_connection_are_the_gateways_own(api, echo):
    api.route("GET /", api.integrate(arn(echo)))
    headers = {"Content-Length": "3", "Transfer-Encoding": "chunked", "Connection": "close", "X-One": "1"}
    reply = api.ask("/", headers=says({"statusCode": 200, "headers": headers, "body": "abcdef"}))
    assert (reply.body, reply.header("content-length"), reply.header("x-one")) == (b"abcdef", "6", "1")
    assert not reply.all("transfer-encoding") + reply.all("connection")


@pytest.mark.rule(LAMBDA)
def test_an_error_of_the_function_is_an_internal_server_error(api, echo):
    api.route("GET /", api.integrate(arn(echo)))
    api.route("GET /missing", api.integrate(arn(echo) + "-missing"))
    for path in ("/", "/missing"):
        reply = api.ask(path, headers={"x-fail": "secret"})
        assert (reply.status, reply.body) == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.rule(QUOTAS)
def test_a_function_slower_than_the_integration_waits_is_unavailable(api, echo):
    api.route("GET /", api.integrate(arn(echo), TimeoutInMillis=50))
    reply = api.ask("/", headers={"x-sleep": "1"})
    assert (reply.status, reply.body) == (503, b'{"message":"Service Unavailable"}')


@pytest.mark.rule(QUOTAS)
def test_a_request_has_ten_megabytes_at_most(api, echo):
    api.route("POST /", api.integrate(arn(echo)))
    reply = api.ask("/", "POST", {"Content-Type": "text/plain"}, b"x" * (10 * 1024 * 1024 + 1))
    assert (reply.status, reply.body) == (413, b'{"message":"Request Entity Too Large"}')


# CORS

SHARED = {
    "AllowOrigins": ["https://www.example.com", "http://*"],
    "AllowMethods": ["GET", "POST"],
    "AllowHeaders": ["x-one"],
    "ExposeHeaders": ["x-two"],
    "MaxAge": 300,
    "AllowCredentials": True,
}
ASKING = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "GET"}


@pytest.mark.rule(CORS)
def test_a_preflight_request_is_answered_without_a_route(server):
    api = HttpApi.make(server, CorsConfiguration=SHARED)
    reply = api.ask("/any", "OPTIONS", ASKING)
    assert reply.status == 204
    assert reply.header("access-control-allow-origin") == "https://www.example.com"
    assert reply.header("access-control-allow-methods") == "GET,POST"
    assert reply.header("access-control-allow-headers") == "x-one"
    assert reply.header("access-control-allow-credentials") == "true"
    assert reply.header("access-control-max-age") == "300"
    stranger = api.ask("/any", "OPTIONS", ASKING | {"Origin": "https://evil.example.com"})
    assert (stranger.status, stranger.header("access-control-allow-origin")) == (204, None)
    plain = api.ask("/any", "OPTIONS", ASKING | {"Origin": "http://plain.example.com"})
    assert plain.header("access-control-allow-origin") == "http://plain.example.com"


@pytest.mark.rule(CORS)
def test_the_configuration_replaces_what_the_function_says_about_sharing(server, echo):
    value = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*", "access-control-max-age": "1"}}
    api = HttpApi.make(server, CorsConfiguration=SHARED)
    api.route("GET /", api.integrate(arn(echo)))
    reply = api.ask("/", headers=ASKING | says(value))
    assert reply.header("access-control-allow-origin") == "https://www.example.com"
    assert reply.header("access-control-expose-headers") == "x-two"
    assert reply.header("access-control-max-age") is None
    assert api.ask("/", headers=says(value)).header("access-control-allow-origin") is None


@pytest.mark.rule(CORS)
def test_without_a_configuration_the_function_answers_for_itself(api, echo):
    value = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    api.route("GET /", api.integrate(arn(echo)))
    assert api.ask("/", headers=ASKING | says(value)).header("access-control-allow-origin") == "*"
    assert api.ask("/", "OPTIONS", ASKING).status == 404


# Who may call


def authorizer(api, function, **options):
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn(function)}/invocations"
    options = {
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": True,
        "IdentitySource": ["$request.header.Authorization"],
        **options,
    }
    made = api.client.create_authorizer(
        ApiId=api.id, Name=function.name, AuthorizerType="REQUEST", AuthorizerUri=uri, **options
    )
    return {"AuthorizationType": "CUSTOM", "AuthorizerId": made["AuthorizerId"]}


TOKEN = {"Authorization": "let me in"}


def decides(value):
    """Headers with which authorizes.py decides so."""
    return TOKEN | {"x-decide": json.dumps(value)}


@pytest.mark.rule(AUTHORIZERS)
def test_a_simple_authorizer_allows_and_tells_the_function_who_calls(api, echo, decider):
    api.route("GET /", api.integrate(arn(echo)), **authorizer(api, decider))
    headers = decides({"isAuthorized": True, "context": {"user": "ann"}})
    assert api.ask("/", headers=headers).value["requestContext"]["authorizer"] == {"lambda": {"user": "ann"}}


@pytest.mark.rule(AUTHORIZERS)
def test_a_simple_authorizer_denies(api, echo, decider):
    api.route("GET /", api.integrate(arn(echo)), **authorizer(api, decider))
    reply = api.ask("/", headers=decides({"isAuthorized": False}))
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')


@pytest.mark.rule(AUTHORIZERS)
def test_without_its_identity_source_a_request_is_unauthorized_and_no_function_is_asked(api, echo, decider):
    sources = ["$request.header.Authorization", "$request.querystring.key"]
    api.route("GET /", api.integrate(arn(echo)), **authorizer(api, decider, IdentitySource=sources))
    allowed = decides({"isAuthorized": True})
    for path, headers in (("/", allowed), ("/?key=", allowed), ("/?key=1", {"x-decide": allowed["x-decide"]})):
        reply = api.ask(path, headers=headers)
        assert (reply.status, reply.body) == (401, b'{"message":"Unauthorized"}')
    assert api.ask("/?key=1", headers=allowed).status == 200


@pytest.mark.rule(AUTHORIZERS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_policy_decides_by_the_arn_of_the_route(api, echo, decider, version):
    base = f"arn:aws:execute-api:us-east-1:000000000000:{api.id}/$default"
    statements = [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": [f"{base}/GET/pets/*", f"{base}/GET/dogs"]},
        {"Effect": "Deny", "Action": "execute-api:*", "Resource": f"{base}/GET/pets/secret"},
    ]
    policy = {"principalId": "ann", "policyDocument": {"Statement": statements}, "context": {"level": 3}}
    options = authorizer(api, decider, AuthorizerPayloadFormatVersion=version, EnableSimpleResponses=False)
    headers = decides(policy)
    api.route("ANY /{proxy+}", api.integrate(arn(echo)), **options)
    statuses = [api.ask(path, headers=headers).status for path in ("/pets/6", "/pets/secret", "/dogs", "/cats")]
    assert statuses == [200, 403, 200, 403]
    told = api.ask("/dogs", headers=headers).value["requestContext"]["authorizer"]["lambda"]
    assert told == ({"principalId": "ann", "level": 3} if version == "1.0" else {"level": 3})


@pytest.mark.rule(AUTHORIZERS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_an_authorizer_is_told_about_the_request(api, echo, decider, version):
    options = authorizer(api, decider, AuthorizerPayloadFormatVersion=version, EnableSimpleResponses=False)
    api.route("GET /pets/{id}", api.integrate(arn(echo)), **options)
    context = api.ask("/pets/6?a=1", headers=TOKEN).value["requestContext"]["authorizer"]["lambda"]
    event = json.loads(context["event"])
    route = f"arn:aws:execute-api:us-east-1:000000000000:{api.id}/$default/GET/pets/6"
    common = {"version": version, "type": "REQUEST", "pathParameters": {"id": "6"}, "queryStringParameters": {"a": "1"}}
    assert common.items() <= event.items()
    if version == "1.0":
        assert (event["methodArn"], event["identitySource"]) == (route, "let me in")
    else:
        assert (event["routeArn"], event["identitySource"]) == (route, ["let me in"])
        assert event["routeKey"] == "GET /pets/{id}"


@pytest.mark.rule(AUTHORIZERS)
def test_decisions_are_remembered_by_the_identity_sources(api, echo, decider):
    api.route("GET /", api.integrate(arn(echo)), **authorizer(api, decider, AuthorizerResultTtlInSeconds=3600))
    yes, no = decides({"isAuthorized": True}), decides({"isAuthorized": False})
    another = no | {"Authorization": "another"}
    assert [api.ask("/", headers=headers).status for headers in (yes, no, another)] == [200, 200, 403]
    api.client.reset_authorizers_cache(ApiId=api.id, StageName="$default")
    assert api.ask("/", headers=no).status == 403


@pytest.mark.rule(AUTHORIZERS)
@pytest.mark.parametrize("value", [{"isAuthorized": "yes"}, {}, "yes", {"isAuthorized": True, "context": 1}])
def test_an_authorizer_that_does_not_decide_is_an_internal_server_error(api, echo, decider, value):
    api.route("GET /", api.integrate(arn(echo)), **authorizer(api, decider))
    assert api.ask("/", headers=decides(value)).status == 500


@pytest.mark.rule(AUTHORIZERS)
def test_an_authorizer_names_its_format_and_a_function(api):
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"

    def create(**options):
        options = {"Name": "one", "AuthorizerType": "REQUEST", "IdentitySource": [], "AuthorizerUri": uri, **options}
        return lambda: api.client.create_authorizer(ApiId=api.id, **options)

    refused(create(), "BadRequestException", 400)
    refused(create(AuthorizerPayloadFormatVersion="1.0", EnableSimpleResponses=True), "BadRequestException", 400)
    refused(create(AuthorizerPayloadFormatVersion="2.0", AuthorizerUri="any"), "BadRequestException", 400)
    refused(create(AuthorizerPayloadFormatVersion="2.0", AuthorizerResultTtlInSeconds=3601), "BadRequestException", 400)


@pytest.mark.rule(IAM)
def test_a_route_for_iam_wants_a_signature(api, echo):
    api.route("GET /", api.integrate(arn(echo)), AuthorizationType="AWS_IAM")
    reply = api.ask("/")
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/execute-api/aws4_request"}
    assert api.ask("/", headers=signed).status == 200


# Ways in


@pytest.mark.rule(QUICK)
def test_an_api_is_reached_by_its_name_and_by_its_path_here(api, echo, server):
    api.route("GET /pets", api.integrate(arn(echo)))
    api.client.create_stage(ApiId=api.id, StageName="dev", AutoDeploy=True)
    aws = f"http://{api.id}.execute-api.us-east-1.amazonaws.com"
    here = f"{server.endpoint}/_aws/execute-api/{api.id}"
    asked = [
        ask(server, f"{aws}/pets"),
        ask(server, f"{aws}/pets", as_proxy=True),
        ask(server, f"{here}/pets"),
        ask(server, f"{here}/$default/pets"),
        ask(server, f"{here}/dev/pets"),
    ]
    assert [reply.value["rawPath"] for reply in asked] == ["/pets"] * 4 + ["/dev/pets"]
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert api.ask("/pets").status == 404


# OpenAPI


def document(function, decider, **more):
    """As SAM writes it."""
    call = {"type": "aws_proxy", "uri": LAMBDA_URI % arn(function), "payloadFormatVersion": "2.0", "httpMethod": "POST"}
    scheme = {"type": "request", "authorizerUri": LAMBDA_URI % arn(decider), "authorizerPayloadFormatVersion": "2.0"}
    scheme |= {"enableSimpleResponses": True, "identitySource": "$request.header.Authorization"}
    method = {"x-amazon-apigateway-integration": call}
    return {
        "openapi": "3.0.1",
        "info": {"title": "imported", "version": "1"},
        "paths": {
            "/pets/{id}": {"get": method, "x-amazon-apigateway-any-method": method | {"security": [{"asks": []}]}},
            "/$default": {"x-amazon-apigateway-any-method": method},
        },
        "components": {"securitySchemes": {"asks": {"type": "apiKey", "x-amazon-apigateway-authorizer": scheme}}},
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
        **more,
    }


LAMBDA_URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/%s/invocations"


@pytest.mark.rule(OPENAPI)
def test_an_api_is_imported_from_a_document(server, echo, decider):
    client = server.client("apigatewayv2")
    made = client.import_api(Body=json.dumps(document(echo, decider)))
    assert (made["Name"], made["Version"], made["ProtocolType"]) == ("imported", "1", "HTTP")
    api = HttpApi(client, server, made["ApiId"], made["ApiEndpoint"])
    client.create_stage(ApiId=api.id, StageName="$default", AutoDeploy=True)
    assert api.ask("/pets/6").value["routeKey"] == "GET /pets/{id}"
    assert api.ask("/other").value["routeKey"] == "$default"
    assert api.ask("/pets/6", "POST").status == 401
    assert api.ask("/pets/6", "POST", decides({"isAuthorized": True})).value["routeKey"] == "ANY /pets/{id}"
    assert api.ask("/", "OPTIONS", ASKING).header("access-control-allow-origin") == "*"


@pytest.mark.rule(OPENAPI)
def test_another_document_replaces_everything_but_the_stages(api, echo, decider):
    api.route("GET /old", api.integrate(arn(echo)))
    api.client.reimport_api(ApiId=api.id, Body=json.dumps(document(echo, decider)))
    assert [api.ask(path).value["routeKey"] for path in ("/old", "/pets/6")] == ["$default", "GET /pets/{id}"]


@pytest.mark.rule(OPENAPI)
@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "{}",
        '{"info": {"title": "x"}, "paths": {"/a": []}}',
        '{"info": {"title": "x"}, "paths": {"a": {"get": {}}}}',
        '{"info": {"title": "x"}, "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}}}',
        '{"info": {"title": "x"}, "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"$ref": "#/no"}}}}}',
        '{"info": {"title": "x"}, "paths": {"/": {"get": {"security": [{"unknown": []}]}}}}',
    ],
)
def test_a_document_with_a_fault_changes_nothing(api, echo, body):
    api.route("GET /old", api.integrate(arn(echo)))
    refused(lambda: api.client.reimport_api(ApiId=api.id, Body=body), "BadRequestException", 400)
    assert api.ask("/old").status == 200
