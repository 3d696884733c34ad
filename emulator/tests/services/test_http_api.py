"""HTTP APIs beyond AWS's rules: servers behind them, what is refused, resets, moto's defects."""

from __future__ import annotations

import http.server
import json
import threading

import pytest
from botocore.exceptions import ClientError
from fronts import HttpApi, arn, ask, deployed
from localstack_dockerless.services.http import responses

ACCOUNT = "310310310310"


@pytest.fixture
def api(server):
    return HttpApi.make(server)


@pytest.fixture(scope="module")
def echo(server):
    with deployed(server, "front_door.py") as function:
        yield function


@pytest.fixture
def backend():
    """A server that says what it was asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = f"{self.command} {self.path} {self.headers['X-One']} {body.decode()}".encode()
            self.send_response(202)
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Set-Cookie", "a=1")
            self.send_header("Set-Cookie", "b=2")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def test_a_server_of_this_machine_answers_over_an_http_integration(api, backend):
    options = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
    api.route("POST /pets/{proxy+}", api.integrate(f"{backend}/animals/{{proxy}}", **options))
    reply = api.ask("/pets/a%20b?c=d", "POST", {"X-One": "1"}, b"body")
    assert (reply.status, reply.body) == (202, b"POST /animals/a%20b?c=d 1 body")
    assert reply.all("set-cookie") == ["a=1", "b=2"]


def test_the_default_route_hands_on_the_whole_path(server, backend):
    api = HttpApi.make(server, Target=backend)
    assert api.ask("/store/checkout", "POST", {"X-One": "1"}, b"x").body == b"POST /store/checkout 1 x"


@pytest.mark.parametrize("uri", ["http://192.0.2.1/", "https://example.com/", "http://127.0.0.1:1/"])
def test_no_request_leaves_the_machine(server, uri):
    reply = HttpApi.make(server, Target=uri).ask("/")
    assert (reply.status, reply.body) == (503, b'{"message":"Service Unavailable"}')


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("create_api", {"Name": "one", "ProtocolType": "WEBSOCKET"}),
        ("create_route", {"RouteKey": "GET /", "AuthorizationType": "JWT"}),
        (
            "create_authorizer",
            {"Name": "one", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"]},
        ),
        (
            "create_integration",
            {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage", "PayloadFormatVersion": "1.0"},
        ),
    ],
)
def test_what_is_not_emulated_is_refused_and_not_left_out(api, operation, options):
    identifier = {} if operation == "create_api" else {"ApiId": api.id}
    with pytest.raises(ClientError, match="emulated"):
        getattr(api.client, operation)(**identifier, **options)


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("delete_route", {"RouteId": "unknown"}),
        ("update_route", {"RouteId": "unknown"}),
        ("delete_integration", {"IntegrationId": "unknown"}),
        ("update_integration", {"IntegrationId": "unknown"}),
        ("delete_authorizer", {"AuthorizerId": "unknown"}),
        ("update_authorizer", {"AuthorizerId": "unknown"}),
        ("delete_stage", {"StageName": "unknown"}),
        ("update_stage", {"StageName": "unknown"}),
        ("get_deployment", {"DeploymentId": "unknown"}),
        ("create_deployment", {"StageName": "unknown"}),
        ("create_stage", {"StageName": "new", "DeploymentId": "unknown"}),
    ],
)
def test_what_does_not_exist_is_not_found(api, operation, options):
    """Moto answers some of these with success, and some with an InternalError."""
    with pytest.raises(ClientError) as refused:
        getattr(api.client, operation)(ApiId=api.id, **options)
    assert refused.value.response["Error"]["Code"] == "NotFoundException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_what_a_route_needs_is_not_deleted(api, echo):
    """Moto deletes it."""
    target = api.integrate(arn(echo))
    route = api.route("GET /", target)
    with pytest.raises(ClientError, match="ConflictException"):
        api.client.delete_integration(ApiId=api.id, IntegrationId=target.partition("/")[2])
    api.client.delete_route(ApiId=api.id, RouteId=route)
    api.client.delete_integration(ApiId=api.id, IntegrationId=target.partition("/")[2])
    assert api.client.get_integrations(ApiId=api.id)["Items"] == []


def test_settings_of_a_stage_are_kept(api):
    settings = {
        "DefaultRouteSettings": {"ThrottlingBurstLimit": 5, "DetailedMetricsEnabled": True},
        "RouteSettings": {"GET /": {"ThrottlingRateLimit": 1.0}},
        "AccessLogSettings": {"Format": "$context.requestId", "DestinationArn": "arn:aws:logs:us-east-1:1:log-group:a"},
    }
    api.client.create_stage(ApiId=api.id, StageName="created", **settings)
    api.client.create_stage(ApiId=api.id, StageName="updated")
    api.client.update_stage(ApiId=api.id, StageName="updated", **settings)
    for name in ("created", "updated"):
        assert settings.items() <= api.client.get_stage(ApiId=api.id, StageName=name).items()
    assert len(api.client.get_stages(ApiId=api.id)["Items"]) == 3


def test_an_update_of_a_stage_is_seen(api):
    """Moto has no UpdateStage."""
    changed = api.client.update_stage(ApiId=api.id, StageName="$default", StageVariables={"a": "b"}, Description="new")
    assert (changed["StageVariables"], changed["Description"], changed["AutoDeploy"]) == ({"a": "b"}, "new", True)
    assert api.client.get_stage(ApiId=api.id, StageName="$default")["StageVariables"] == {"a": "b"}


def test_a_reset_takes_the_apis_of_one_account(server, echo):
    kept = HttpApi.make(server, Target=arn(echo))
    gone = HttpApi.make(server, ACCOUNT, Target=arn(echo))
    assert [kept.ask("/").status, gone.ask("/").status] == [200, 200]
    ask(server, f"{server.endpoint}/_dockerless/reset?account={ACCOUNT}", "POST")
    assert [kept.ask("/").status, gone.ask("/").status] == [200, 404]
    assert gone.client.get_apis()["Items"] == []


@pytest.mark.parametrize("path", ["/%zz", "//", "/a//b?%=%&&", "/?a=%ff"])
def test_no_path_is_an_internal_error(server, echo, path):
    assert HttpApi.make(server, Target=arn(echo)).ask(path).status == 200


DEEP = b"[" * 200_000


@pytest.mark.parametrize("read", [responses.inferred, responses.explicit], ids=["2.0", "1.0"])
def test_a_response_that_is_nested_without_end_is_malformed(read):
    with pytest.raises(responses.Malformed):
        read(DEEP, "text/plain")


def test_half_a_letter_becomes_a_question_mark():
    described = {"statusCode": 200, "body": "a\ud800"}
    payloads = [json.dumps(described).encode(), b'"a\\ud800"']
    assert [responses.inferred(payload, "text/plain").data for payload in payloads] == [b"a?", b"a?"]


def test_a_document_that_is_nested_without_end_is_the_callers_error(api):
    with pytest.raises(ClientError, match="BadRequestException"):
        api.client.import_api(Body="[" * 100_000)
