"""Requests about networks: served hosts, explanations, names, and what the gate looks at."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from dnslib import QTYPE, RCODE, DNSRecord
from localstack_dockerless.reachability import Service
from localstack_dockerless.server.doors import Held
from localstack_dockerless.server.wire import Head
from localstack_dockerless.services.network import gate, names, proxy
from localstack_dockerless.services.network.decisions import Caller
from localstack_dockerless.services.network.hosts import HOSTS
from networks import network
from places import ask

HOST = {"place": "one.example.com:80", "to": "127.0.0.1:8000"}
SOMEONE = Caller(
    SimpleNamespace(
        id=SimpleNamespace(account="111122223333", region="eu-west-1"), config=SimpleNamespace(vpc_config=None)
    )
)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (None, "A JSON object is expected."),
        ([], "A JSON object is expected."),
        ({}, "None is not a place; give an address and a port such as 10.0.1.5:5432."),
        (HOST | {"place": "example.com:0"}, "example.com:0 is not a place"),
        (HOST | {"place": "example.com:99999"}, "example.com:99999 is not a place"),
        (HOST | {"place": "example:80"}, "example needs a subnet; a place without one is on the internet, and has a name."),
        (HOST | {"place": "10.0.0.5:80"}, "10.0.0.5 needs a subnet"),
        (HOST | {"to": "192.0.2.1:80"}, "192.0.2.1 is not on this machine; serve what listens on 127.0.0.1."),
        (HOST | {"to": 7}, "7 is not a place"),
        (HOST | {"account": "42"}, "'42' is not an account; give its 12 digits."),
        (HOST | {"region": "mars"}, "'mars' is not a region; give one such as us-east-1."),
        (HOST | {"region": "us-none-1"}, "'us-none-1' is not a region; give one such as us-east-1."),
        (HOST | {"subnet": "subnet-1", "security_groups": ["sg-1"]}, "one.example.com is not an IPv4 address; a place in a subnet has one."),
        (HOST | {"subnet": 7}, "A subnet is one ID, and security groups are a list of IDs."),
        (HOST | {"place": "10.0.0.5:80", "subnet": "subnet-1"}, "A place in a subnet needs at least one security group."),
        (HOST | {"place": "10.0.0.5:80", "subnet": "subnet-1", "security_groups": ["sg-1"]}, "There is no subnet subnet-1 in us-east-1"),
        (HOST | {"name": "no name"}, "no name is not a host name with a domain."),
    ],
)  # fmt: skip
def test_a_host_that_cannot_be_served_is_refused_in_one_sentence(server, body, sentence):
    status, answer = ask(server, "POST", "/_dockerless/hosts", body)
    assert (status, answer["message"][: len(sentence)]) == (400, sentence)
    assert answer["message"].endswith(".")


def test_private_addresses_have_to_be_free(server):
    net = network(server.client("ec2"), subnets=1)
    common = {"to": "127.0.0.1:1", "subnet": net.subnets[0], "security_groups": [net.group]}

    def add(place, **changes):
        return ask(server, "POST", "/_dockerless/hosts", common | {"place": place} | changes)

    assert add("10.7.0.3:80")[1]["message"] == f"10.7.0.3 is not free in {net.subnets[0]}."
    assert "is not in" in add("10.8.0.9:80")[1]["message"]
    assert "There is no security group sg-none" in add("10.7.0.9:80", security_groups=["sg-none"])[1]["message"]
    first, second = add("10.7.0.9:80"), add("10.7.0.9:81")
    assert first[1]["host"]["interface"] == second[1]["host"]["interface"]
    assert add("10.7.0.9:80")[1]["message"] == "10.7.0.9:80 is served already."
    for port in (80, 81):
        assert ask(server, "DELETE", f"/_dockerless/hosts?place=10.7.0.9:{port}")[0] == 200
    assert ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.9:80")[0] == 400


def test_an_address_may_be_served_in_each_of_two_networks(server):
    made = [network(server.client("ec2"), subnets=1) for _ in range(2)]
    for net in made:
        body = {"place": "10.7.0.8:80", "to": "127.0.0.1:1", "subnet": net.subnets[0], "security_groups": [net.group]}
        status, answer = ask(server, "POST", "/_dockerless/hosts", body)
        assert (status, answer["host"]["vpc"]) == (200, net.vpc)
    assert ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.8:80")[0] == 200
    assert ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.8:80")[0] == 200


def test_hosts_are_forgotten_with_their_account(server):
    account = "454545454545"
    ask(server, "POST", "/_dockerless/hosts", HOST | {"place": "gone.example.com:80", "account": account})
    assert len(ask(server, "GET", f"/_dockerless/hosts?account={account}")[1]["hosts"]) == 1
    server.command("reset", f"--account={account}")
    assert ask(server, "GET", f"/_dockerless/hosts?account={account}")[1]["hosts"] == []


def test_the_command_serves_lists_and_removes(server):
    done = server.command("host", "shown.example.com:80", "127.0.0.1:8000")
    assert done.stdout == "shown.example.com:80 on the internet leads to 127.0.0.1:8000.\n"
    assert done.stdout in server.command("host").stdout
    assert (
        server.command("host", "shown.example.com:80").stderr
        == "Say what listens on this machine, such as 127.0.0.1:5432.\n"
    )
    assert server.command("host", "--remove", "shown.example.com:80").returncode == 0
    assert server.command("host", "--remove", "shown.example.com:80").returncode == 1


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("", "'' is no target; give a service such as s3"),
        ("nonsense", "'nonsense' is no target"),
        ("10.0.0.1:0", "0 is not a port; they go from 1 to 65535."),
        ("10.0.0.999:1", "10.0.0.999 is not an IP address."),
        ("s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com is a name of AWS; give the service, such as s3."),
    ],
)
def test_a_target_that_is_none_is_one_sentence(server, deploy, target, sentence):
    function = deploy("probe.py")
    done = server.command("why", function.name, target)
    assert (done.returncode, done.stderr[: len(sentence)]) == (1, sentence)
    assert len(done.stderr.splitlines()) == 1


def test_why_does_not_fail_at_a_region_that_does_not_exist(server):
    arn = "arn:aws:lambda:us-none-1:000000000000:function:f"
    status, answer = ask(server, "GET", f"/_dockerless/why?function={arn}&target=s3")
    assert (status, answer["message"]) == (400, "There is no function f in us-none-1 of the account 000000000000.")


def test_why_explains_every_subnet_hop_by_hop(server, deploy):
    net = network(server.client("ec2"), subnets=2)
    function = deploy("probe.py", VpcConfig=net.config)
    done = server.command("why", function.name, "internet")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"From {function.configuration()['FunctionArn']}:$LATEST to the internet:")
    for subnet in net.subnets:
        assert f"not reachable: NO_ROUTE_TO_DESTINATION from {subnet}" in done.stdout
    assert "✗ rtb-" in done.stdout


@pytest.mark.parametrize(
    "target", ["s3", "dynamodb", "internet", "10.7.0.5:5432", "arn:aws:sqs:us-east-1:000000000000:queue", "example.com"]
)
def test_why_knows_targets_of_every_kind(server, deploy, target):
    function = deploy("probe.py")
    path = f"/_dockerless/why?function={function.name}:$LATEST&target={target}"
    status, answer = ask(server, "GET", path)
    assert status == 200
    assert answer["reachable"] is not target.startswith("10.")
    assert len(answer["paths"]) == 1


def request(target="/", method="GET", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Head(method, target, "HTTP/1.1", named)


SIGNED = "AWS4-HMAC-SHA256 Credential=ASIA/20260101/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("head", "service"),
    [
        (request(authorization=SIGNED.format("s3")), "s3"),
        (request(authorization=SIGNED.format("kinesis")), "kinesis-streams"),
        (request(authorization=SIGNED.format("s3").replace("eu-west-1", "us-east-1")), "s3 in us-east-1"),
        (request("/b/k?X-Amz-Credential=ASIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request"), "s3"),
        (request("/b/k?X-Amz-Algorithm=x&X-Amz-Credential=ASIA/20260101/eu-west-1/s3/aws4_request"), "s3"),
        (request(host="bucket.s3.eu-west-1.amazonaws.com"), "s3"),
        (request(host="abc.execute-api.eu-west-1.amazonaws.com:4566"), "execute-api"),
        (request("/_aws/execute-api/abc/stage"), "execute-api"),
        (request(), "public"),
    ],
)
def test_the_service_of_a_request_is_told_by_its_signature_or_its_host(head, service):
    assert gate.service_of(head, "eu-west-1") == Service(service)


@pytest.mark.parametrize(
    "target",
    [
        "/_localstack/x",
        "//_localstack",
        "/%5flocalstack",
        "http://h/_dockerless/reset",
        "/_aws/sqs/messages?x",
        "//_dockerless/reset?://",
        "//_dockerless/reset#://",
        "_dockerless/reset",
        "http:/_dockerless/reset",
    ],
)
def test_addresses_of_the_server_s_own_are_told_apart(target):
    assert gate.is_internal(target)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/bucket/_key",
        "/_aws/elb/name/_x",
        "/_aws/execute-api/id/stage",
        "/?x=/_localstack",
        "http://id.lambda-url.eu-west-1.on.aws/_next/x.js",
        "/_key-of-a-bucket",
        "/_aws/sns/SimpleNotificationService-1.pem",
    ],
)
def test_other_addresses_are_not(target):
    assert not gate.is_internal(target)


def test_headers_by_which_services_trust_each_other_are_dropped():
    head = request(host="127.0.0.1", X_LocalStack_Data="{}", x_moto_account_id="1", authorization=SIGNED.format("s3"))
    assert gate.Gate(SOMEONE).admit(head) is None
    assert [name for name, _ in head.headers] == [b"host", b"authorization"]


def resolved(name, kind="A"):
    reply = DNSRecord.parse(names.answer(DNSRecord.question(name, kind).pack(), SOMEONE))
    return RCODE[reply.header.rcode], [str(one.rdata) for one in reply.rr if one.rtype == QTYPE.A]


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("sqs.eu-west-1.amazonaws.com", "A", ("NOERROR", ["127.0.0.1"])),
        ("SQS.EU-WEST-1.AMAZONAWS.COM", "A", ("NOERROR", ["127.0.0.1"])),
        ("sqs.eu-west-1.amazonaws.com", "AAAA", ("NOERROR", [])),
        ("example.com", "A", ("NXDOMAIN", [])),
        ("notamazonaws.com", "A", ("NXDOMAIN", [])),
    ],
)
def test_names_are_answered(name, kind, answer):
    assert resolved(name, kind) == answer


def test_what_is_no_question_gets_no_answer():
    assert names.answer(b"nonsense", SOMEONE) == b""


@pytest.mark.parametrize(
    "target", ["http://s3.amazonaws.com/x", "http://127.0.0.1:4566/x", "/x", "http://id.lambda-url.eu-west-1.on.aws/"]
)
def test_the_proxy_leaves_aws_to_the_gateway(target):
    proxy.check(request(target), SOMEONE)
    assert HOSTS.named("nobody.example.com", SOMEONE) is None


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("0.0.0.0", ["0.0.0.0"]),
        ("localhost.localdomain", ["::1", "127.0.0.1"]),
        ("rebound.example.com", ["10.0.0.1"]),
        ("mapped.example.com", ["::ffff:127.0.0.1"]),
        ("link.example.com", ["169.254.169.254"]),
    ],
)
def test_the_proxy_leads_nowhere_within_the_machine(monkeypatch, host, addresses):
    """Behind it a request is one of the server, whom nobody would ask whether it is a function."""
    monkeypatch.setattr(proxy.network, "is_private", lambda: False)
    found = [(0, 0, 0, "", (address, 80)) for address in addresses]
    monkeypatch.setattr(proxy.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Held):
        proxy.check(request(f"http://{host}/_dockerless/reset", "POST"), SOMEONE)


def test_the_proxy_connects_to_the_address_that_it_has_looked_at(monkeypatch):
    monkeypatch.setattr(proxy.network, "is_private", lambda: False)
    found = [(0, 0, 0, "", (address, 80)) for address in ("127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(proxy.socket, "getaddrinfo", lambda *_, **__: found)
    assert proxy._target(SOMEONE, ("some.example.com", 80)) == ("192.0.2.1", 80)
