"""REST APIs

API Gateway v1 in front of functions, with Lambda proxy integration and with mapping templates.
"""

from __future__ import annotations

import base64
import json

import pytest
from fronts import RestApi, admit, ask, deployed, says, uri

PROXY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html"
CUSTOM = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html"
TEMPLATES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"
ERRORS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html"
RESPONSES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"
DEPLOYING = "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html"
CALLING = "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html"
BINARY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html"
LIMITS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
KEYS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-keys.html"
AUTHORIZERS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html"
AUTHORIZER_INPUT = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html"
)
AUTHORIZER_OUTPUT = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html"
)
IMPORTED_AUTHORIZER = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html"
)
IAM = "https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html"
VARIABLES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html"


@pytest.fixture
def api(server):
    made = RestApi.make(server)
    yield made
    made.client.delete_rest_api(restApiId=made.id)


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


@pytest.fixture(scope="module")
def tells(server):
    """A function that returns its event as it is, or fails as told."""
    with deployed(server, "tells.py") as function:
        yield function


# Lambda proxy integration


@pytest.mark.rule(PROXY)
def test_a_proxy_event_has_everything_of_the_request(api, echo):
    api.proxy("ANY /pets/{proxy+}", echo)
    api.deploy(variables={"table": "blue"})
    headers = [("Header1", "a"), ("Header2", "b"), ("Header2", "c"), ("Content-Type", "text/plain")]
    event = api.ask("/dev/pets/6/toys?p=1&p=2&q=x", "POST", headers, b"Hello").value
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/pets/{proxy+}", "/pets/6/toys", "POST")
    assert (event["headers"]["Header1"], event["headers"]["Header2"]) == ("a", "c")
    assert event["multiValueHeaders"]["Header2"] == ["b", "c"]
    assert event["queryStringParameters"] == {"p": "2", "q": "x"}
    assert event["multiValueQueryStringParameters"] == {"p": ["1", "2"], "q": ["x"]}
    assert (event["pathParameters"], event["stageVariables"]) == ({"proxy": "6/toys"}, {"table": "blue"})
    assert (event["body"], event["isBase64Encoded"]) == ("Hello", False)
    context = event["requestContext"]
    wanted = {
        "accountId": "000000000000",
        "apiId": api.id,
        "httpMethod": "POST",
        "path": "/dev/pets/6/toys",
        "protocol": "HTTP/1.1",
        "resourcePath": "/pets/{proxy+}",
        "stage": "dev",
    }
    assert wanted.items() <= context.items()
    assert {"requestId", "requestTime", "requestTimeEpoch", "resourceId", "domainName"} <= context.keys()
    assert context["identity"]["sourceIp"] == "127.0.0.1"


@pytest.mark.rule(PROXY)
def test_what_a_request_does_not_have_is_null(api, echo):
    api.proxy("GET /", echo)
    event = api.deploy().ask("/dev").value
    nothing = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert [event[name] for name in nothing] == [None] * len(nothing)


@pytest.mark.rule(PROXY)
def test_a_proxy_response_has_status_headers_with_several_values_and_a_body(api, echo):
    api.proxy("GET /", echo)
    value = {"statusCode": 201, "headers": {"X-One": "1"}, "multiValueHeaders": {"X-Two": ["1", "2"]}, "body": "made"}
    reply = api.deploy().ask("/dev", headers=says(value))
    assert (reply.status, reply.header("x-one"), reply.all("x-two"), reply.body) == (201, "1", ["1", "2"], b"made")


@pytest.mark.rule(PROXY)
@pytest.mark.parametrize(
    "value",
    [
        "text",
        ["list"],
        None,
        {"message": "no such member"},
        {"statusCode": "many", "body": "x"},
        {"statusCode": 200, "body": {"an": "object"}},
        {"statusCode": 200, "body": ["a"]},
        {"statusCode": 200, "headers": ["a"]},
        *({"statusCode": status} for status in ([200], 100, True, 10**30)),
        *({"statusCode": 200, "headers": {name: "b"}} for name in ("a\r\nc", "a b", "")),
        *({"statusCode": 200, "headers": {"a": value}} for value in ("\u65e5", "a\r\nb: c")),
        {"statusCode": 200, "multiValueHeaders": {"a": ["b", "\u65e5"]}},
    ],
)
def test_a_malformed_proxy_response_is_a_bad_gateway(api, echo, value):
    api.proxy("GET /", echo)
    reply = api.deploy().ask("/dev", headers=says(value))
    assert (reply.status, reply.value) == (502, {"message": "Internal server error"})


@pytest.mark.rule(ERRORS)
def test_an_error_of_the_function_is_a_bad_gateway(api, echo):
    api.proxy("GET /", echo)
    reply = api.deploy().ask("/dev", headers={"x-fail": "secret"})
    assert (reply.status, reply.value) == (502, {"message": "Internal server error"})


@pytest.mark.rule(LIMITS)
def test_a_function_slower_than_the_integration_waits_has_timed_out(api, echo):
    api.proxy("GET /", echo, timeoutInMillis=50)
    reply = api.deploy().ask("/dev", headers={"x-sleep": "1"})
    assert (reply.status, reply.value) == (504, {"message": "Endpoint request timed out"})


@pytest.mark.rule(BINARY)
def test_base64_is_decoded_for_binary_media_types_only(server, echo):
    value = {"statusCode": 200, "body": base64.b64encode(b"\0\xff").decode(), "isBase64Encoded": True}
    bodies = []
    for types in ([], ["image/png"]):
        api = RestApi.make(server, binaryMediaTypes=types)
        api.proxy("GET /", echo)
        bodies.append(api.deploy().ask("/dev", headers=says(value) | {"Accept": "image/png"}).body)
    assert bodies == [value["body"].encode(), b"\0\xff"]


# Mapping templates


@pytest.mark.rule(TEMPLATES)
def test_a_template_makes_the_event(api, tells):
    template = """{"id": "$input.params('id')", "name": $input.json('$.pet.name'), "verb": "$context.httpMethod",
        "color": "$stageVariables.color", "all": $input.body}"""
    where = api.method(
        "POST /pets/{id}",
        type="AWS",
        integrationHttpMethod="POST",
        uri=uri(tells),
        requestTemplates={"application/json": template},
    )
    api.client.put_method_response(**where, statusCode="200")
    api.client.put_integration_response(**where, statusCode="200")
    api.deploy(variables={"color": "blue"})
    body = b'{"pet": {"name": "Rex"}}'
    event = api.ask("/dev/pets/6", "POST", {"Content-Type": "application/json"}, body).value
    assert event == {"id": "6", "name": "Rex", "verb": "POST", "color": "blue", "all": {"pet": {"name": "Rex"}}}


@pytest.mark.rule(CUSTOM)
def test_without_proxy_the_function_returns_the_body_and_not_the_response(api, tells):
    where = api.method("POST /", type="AWS", integrationHttpMethod="POST", uri=uri(tells))
    api.client.put_method_response(**where, statusCode="200")
    api.client.put_integration_response(
        **where, statusCode="200", responseTemplates={"application/json": '{"got": $input.json("$")}'}
    )
    reply = api.deploy().ask("/dev", "POST", {"Content-Type": "application/json"}, b'{"statusCode": 404}')
    assert (reply.status, reply.value) == (200, {"got": {"statusCode": 404}})


@pytest.mark.rule(ERRORS)
def test_without_proxy_a_pattern_of_the_error_message_chooses_the_status(api, tells):
    where = api.method("POST /", type="AWS", integrationHttpMethod="POST", uri=uri(tells))
    for status, pattern in (("200", {}), ("404", {"selectionPattern": "Not Found.*"})):
        api.client.put_method_response(**where, statusCode=status)
        api.client.put_integration_response(**where, statusCode=status, **pattern)
    api.deploy()
    json_ = {"Content-Type": "application/json"}
    failed = api.ask("/dev", "POST", json_, b'{"fail": "Not Found: a pet"}')
    assert (failed.status, failed.value["errorMessage"]) == (404, "Not Found: a pet")
    other = api.ask("/dev", "POST", json_, b'{"fail": "Something else"}')
    assert (other.status, other.value["errorMessage"]) == (200, "Something else")


@pytest.mark.rule(TEMPLATES)
def test_without_passthrough_another_media_type_is_unsupported(api, tells):
    api.method(
        "POST /",
        type="AWS",
        integrationHttpMethod="POST",
        uri=uri(tells),
        requestTemplates={"application/json": "{}"},
        passthroughBehavior="NEVER",
    )
    reply = api.deploy().ask("/dev", "POST", {"Content-Type": "text/plain"}, b"x")
    assert (reply.status, reply.value) == (415, {"message": "Unsupported Media Type"})


# Who may call


def authorizer(api, function, kind="REQUEST", source="method.request.header.Authorization", **options):
    options = {"type": kind, "authorizerUri": uri(function), "authorizerResultTtlInSeconds": 0, **options}
    made = api.client.create_authorizer(restApiId=api.id, name=function.name, identitySource=source, **options)
    return {"authorizationType": "CUSTOM", "authorizerId": made["id"]}


def decides(api, *statements, **more):
    """Headers with which authorizes.py returns a policy for paths of the stage."""
    base = f"arn:aws:execute-api:us-east-1:000000000000:{api.id}/dev/GET"
    policy = [
        {"Effect": effect, "Action": "execute-api:Invoke", "Resource": base + path} for effect, path in statements
    ]
    return TOKEN | {"x-decide": json.dumps({"principalId": "ann", "policyDocument": {"Statement": policy}, **more})}


TOKEN = {"Authorization": "let me in"}


@pytest.mark.rule(AUTHORIZERS)
def test_the_policy_of_an_authorizer_allows_denies_or_says_nothing(api, echo, decider):
    api.proxy("GET /{proxy+}", echo, authorizer(api, decider))
    api.deploy()
    headers = decides(api, ("Allow", "/pets/*"), ("Deny", "/pets/secret"))
    replies = [api.ask(path, headers=headers) for path in ("/dev/pets/6", "/dev/pets/secret", "/dev/dogs")]
    assert [reply.status for reply in replies] == [200, 403, 403]
    message = "User is not authorized to access this resource"
    assert [reply.value["Message"] for reply in replies[1:]] == [f"{message} with an explicit deny", message]


@pytest.mark.rule(AUTHORIZER_OUTPUT)
def test_what_an_authorizer_says_reaches_the_function_as_text(api, echo, decider):
    api.proxy("GET /pets", echo, authorizer(api, decider))
    headers = decides(api, ("Allow", "/pets"), context={"level": 3, "admin": True})
    told = api.deploy().ask("/dev/pets", headers=headers).value["requestContext"]["authorizer"]
    assert told == {"principalId": "ann", "level": "3", "admin": "true"}


@pytest.mark.rule(AUTHORIZERS)
def test_a_token_that_is_missing_or_malformed_reaches_no_authorizer(api, echo, decider):
    options = authorizer(api, decider, "TOKEN", identityValidationExpression="let .*")
    api.proxy("GET /pets", echo, options)
    api.deploy()
    for headers in ({}, {"Authorization": "open"}):
        reply = api.ask("/dev/pets", headers=headers)
        assert (reply.status, reply.value) == (401, {"message": "Unauthorized"})


@pytest.mark.rule(AUTHORIZER_INPUT)
@pytest.mark.parametrize("kind", ["TOKEN", "REQUEST"])
def test_an_authorizer_is_told_about_the_request(api, echo, decider, kind):
    api.proxy("GET /pets/{id}", echo, authorizer(api, decider, kind))
    told = api.deploy().ask("/dev/pets/6?a=1", headers=TOKEN).value["requestContext"]["authorizer"]
    event = json.loads(told["event"])
    assert event["type"] == kind
    assert event["methodArn"] == f"arn:aws:execute-api:us-east-1:000000000000:{api.id}/dev/GET/pets/6"
    if kind == "TOKEN":
        assert event == {"type": kind, "methodArn": event["methodArn"], "authorizationToken": "let me in"}
    else:
        assert (event["pathParameters"], event["queryStringParameters"]) == ({"id": "6"}, {"a": "1"})
        assert (event["resource"], event["path"], event["httpMethod"]) == ("/pets/{id}", "/pets/6", "GET")


@pytest.mark.rule(AUTHORIZERS)
def test_a_decision_is_remembered(api, echo, decider):
    api.proxy("GET /pets", echo, authorizer(api, decider, authorizerResultTtlInSeconds=3600))
    api.deploy()
    yes, no = decides(api, ("Allow", "/pets")), decides(api, ("Deny", "/pets"))
    another = no | {"Authorization": "another"}
    assert [api.ask("/dev/pets", headers=headers).status for headers in (yes, no, another)] == [200, 200, 403]


@pytest.mark.rule(IMPORTED_AUTHORIZER)
def test_an_authorizer_of_a_definition_is_remembered_five_minutes_unless_it_says_otherwise(api, echo, decider):
    api.client.put_rest_api(restApiId=api.id, mode="overwrite", body=json.dumps(definition(echo, decider)))
    api.deploy()
    yes, no = decides(api, ("Allow", "/pets")), decides(api, ("Deny", "/pets"))
    assert [api.ask("/dev/pets", headers=headers).status for headers in (yes, no)] == [200, 200]


def definition(function, authorizer):
    """An OpenAPI 2 definition in the manner of Chalice, whose authorizer has no authorizerResultTtlInSeconds."""
    proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri(function), "passthroughBehavior": "when_no_match"}
    get = {"responses": {}, "security": [{"gate": []}], "x-amazon-apigateway-integration": proxy}
    header = {"in": "header", "type": "apiKey", "name": "Authorization", "x-amazon-apigateway-authtype": "custom"}
    gate = header | {"x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": uri(authorizer)}}
    about = {"swagger": "2.0", "info": {"version": "1.0", "title": "pets"}}
    return about | {"paths": {"/pets": {"get": get}}, "securityDefinitions": {"gate": gate}}


@pytest.mark.rule(RESPONSES)
@pytest.mark.parametrize("value", ["yes", {}, {"policyDocument": {}}])
def test_an_authorizer_that_does_not_decide_is_an_internal_error(api, echo, decider, value):
    api.proxy("GET /pets", echo, authorizer(api, decider))
    assert api.deploy().ask("/dev/pets", headers=TOKEN | {"x-decide": json.dumps(value)}).status == 500


@pytest.mark.rule(IAM)
def test_a_method_for_iam_wants_a_signature(api, echo):
    api.proxy("GET /", echo, {"authorizationType": "AWS_IAM"})
    api.deploy()
    reply = api.ask("/dev")
    assert (reply.status, reply.value) == (403, {"message": "Missing Authentication Token"})
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/execute-api/aws4_request"}
    assert api.ask("/dev", headers=signed).status == 200


# Stages, keys and ways in


@pytest.mark.rule(RESPONSES)
def test_what_has_no_method_misses_an_authentication_token(api, echo):
    api.proxy("GET /pets", echo)
    api.deploy()
    for method, path in (("GET", "/dev/dogs"), ("POST", "/dev/pets"), ("GET", "/dev")):
        reply = api.ask(path, method)
        assert (reply.status, reply.value) == (403, {"message": "Missing Authentication Token"})


@pytest.mark.rule(DEPLOYING)
def test_a_change_is_served_after_the_next_deployment(api, echo):
    api.proxy("GET /pets", echo)
    api.deploy()
    api.proxy("GET /dogs", echo)
    assert [api.ask(path).status for path in ("/dev/pets", "/dev/dogs")] == [200, 403]
    api.deploy("prod")
    assert [api.ask(path).status for path in ("/dev/dogs", "/prod/dogs")] == [403, 200]


@pytest.mark.rule(VARIABLES)
def test_a_stage_variable_chooses_the_function(api, echo):
    target = uri(echo).replace(echo.name, "${stageVariables.function}")
    api.method("GET /", type="AWS_PROXY", integrationHttpMethod="POST", uri=target)
    api.deploy(variables={"function": echo.name})
    assert api.ask("/dev").status == 200


@pytest.mark.rule(KEYS)
def test_a_method_may_want_an_api_key_of_a_usage_plan(api, echo):
    api.proxy("GET /", echo, {"apiKeyRequired": True})
    api.deploy()
    client = api.client
    key = client.create_api_key(name="key", value="0123456789abcdef0123", enabled=True)["id"]
    plan = client.create_usage_plan(name="plan", apiStages=[{"apiId": api.id, "stage": "dev"}])["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    for headers in ({}, {"x-api-key": "another"}):
        reply = api.ask("/dev", headers=headers)
        assert (reply.status, reply.value) == (403, {"message": "Forbidden"})
    assert api.ask("/dev", headers={"x-api-key": "0123456789abcdef0123"}).status == 200


@pytest.mark.rule(CALLING)
def test_an_api_is_reached_by_its_name_and_by_its_path_here(api, echo, server):
    """The stage is what the name begins with, which must not confuse anybody."""
    stage = api.id[0]
    api.proxy("GET /{proxy+}", echo)
    api.deploy(stage)
    name = f"http://{api.id}.execute-api.us-east-1.amazonaws.com/{stage}/pe/ts"
    here = f"{server.endpoint}/_aws/execute-api/{api.id}/{stage}/pe/ts"
    replies = [ask(server, name), ask(server, name, as_proxy=True), ask(server, here)]
    assert [reply.value["path"] for reply in replies] == ["/pe/ts"] * 3
    assert [json.dumps(reply.value["pathParameters"]) for reply in replies] == ['{"proxy": "pe/ts"}'] * 3
