"""Ways round a policy that are none: other addresses, other protocols, other accounts, endpoints."""

from __future__ import annotations

import contextlib
import time
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from deployed import archive
from localstack_dockerless.permissions import callers, enforcement
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.documents import read
from localstack_dockerless.permissions.principals import Principal
from localstack_dockerless.services.network import snapshot
from policies import allow, deny, when
from roles import People

ACCOUNT, OTHER = "653000000001", "653000000002"


@pytest.fixture(scope="module")
def people(server):
    return People(server, ACCOUNT)


def form(server, path, key, **fields):
    """What a request in the old protocol, to a queue's own URL, is answered with."""
    credential = f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=a, Signature=b"
    headers = {"Authorization": credential, "Content-Type": "application/x-www-form-urlencoded"}
    body = urllib.parse.urlencode({"Version": "2012-11-05", **fields}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(server.endpoint + path, body, headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.mark.parametrize("path", [f"/{ACCOUNT}/own-url", f"/queue/us-east-1/{ACCOUNT}/own-url"])
def test_a_queue_s_own_url_is_no_way_round_the_policy(people, server, path):
    """LocalStack makes such a request anew, as one of its services."""
    server.client("sqs", ACCOUNT).create_queue(QueueName="own-url")
    role = people.role(allow("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:another"))
    key = people.session(role).get_credentials().access_key
    status, answer = form(server, path, key, Action="SendMessage", MessageBody="x")
    assert (status, "not authorized to perform: sqs:sendmessage" in answer) == (403, True)
    people.allow(role, allow("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:own-url"))
    assert form(server, path, key, Action="SendMessage", MessageBody="x")[0] == 200


def test_a_layer_is_for_those_it_is_shared_with(people, server):
    there = server.client("lambda", OTHER)
    made = there.publish_layer_version(LayerName="shared", Content={"ZipFile": archive({"a.txt": "x"})})
    lambda_ = people.acting("lambda", allow("lambda:*"))
    layer = {"LayerName": made["LayerArn"], "VersionNumber": 1}
    with pytest.raises(lambda_.exceptions.ClientError, match="no resource-based policy allows"):
        lambda_.get_layer_version(**layer)
    there.add_layer_version_permission(
        LayerName="shared", VersionNumber=1, StatementId="s", Action="lambda:GetLayerVersion", Principal=ACCOUNT
    )
    assert lambda_.get_layer_version(**layer)["Version"] == 1


@pytest.mark.parametrize("identifier", ["read", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:read"])
def test_an_identifier_of_a_log_group_names_that_group(people, server, identifier):
    """moto reads the group that was made last."""
    root = server.client("logs", ACCOUNT)
    for group in ("read", "made-last"):
        with contextlib.suppress(root.exceptions.ResourceAlreadyExistsException):
            root.create_log_group(logGroupName=group)
            root.create_log_stream(logGroupName=group, logStreamName="s")
            event = {"timestamp": int(time.time() * 1000), "message": group}
            root.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    logs = people.acting("logs", allow("logs:GetLogEvents", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:read:*"))
    events = logs.get_log_events(logGroupIdentifier=identifier, logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["read"]


@pytest.mark.parametrize("name", ["newline", "newline\n", "newline:$LATEST\n"])
def test_a_function_has_no_further_name_with_a_line_end(people, server, name):
    """LocalStack lets it pass, and looks for the function without."""
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:newline"
    key = people.session(people.role(allow("*"), deny("*", f"{arn}*"))).get_credentials().access_key
    credential = (
        f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=a, Signature=b"
    )
    path = f"/2015-03-31/functions/{urllib.parse.quote(name, safe='')}/invocations"
    request = urllib.request.Request(server.endpoint + path, b"{}", {"Authorization": credential})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert "with an explicit deny" in refused.value.read().decode()


@pytest.mark.parametrize(("endpoint", "known"), [("", True), ("vpce-1", False)])
def test_by_a_vpc_endpoint_comes_no_public_address(endpoint, known):
    policy = read({"Version": "2012-10-17", "Statement": allow("s3:*", **when("Null", "aws:SourceIp", "false"))})
    asking = callers.Caller(Principal("user", ACCOUNT, "arn"), (policy,))
    way = enforcement.by_endpoint("", endpoint, "vpc-1") if endpoint else enforcement.DIRECT
    call = Call("s3", "ListBuckets", {}, ACCOUNT, "us-east-1")
    assert (enforcement.refusal(asking, call, "192.0.2.1", way=way) is None) is known


def test_a_rule_of_a_network_acl_for_all_protocols_is_for_all_ports():
    entry = SimpleNamespace(
        rule_number="1",
        egress="true",
        rule_action="allow",
        cidr_block="0.0.0.0/0",
        ipv6_cidr_block=None,
        protocol="-1",
        port_range_from="80",
        port_range_to="80",
    )
    (found,) = snapshot._entries(SimpleNamespace(network_acl_entries=[entry]))
    assert found.ports is None
