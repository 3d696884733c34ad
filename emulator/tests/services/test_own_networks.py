"""The network that each execution environment has of its own."""

from __future__ import annotations

import socket
import uuid

import pytest
from networks import network
from places import ask
from reaching import admit, private_host, tried


def test_a_private_host_is_a_network_interface(server, vpc, echo):
    group = vpc.another_group()
    host = private_host(server, vpc, echo, group, address="10.7.0.44")
    (found,) = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=[host["interface"]])["NetworkInterfaces"]
    assert (found["PrivateIpAddress"], found["SubnetId"]) == ("10.7.0.44", vpc.subnets[0])
    assert [one["GroupId"] for one in found["Groups"]] == [group]
    ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.44:5432")
    filters = [{"Name": "network-interface-id", "Values": [host["interface"]]}]
    assert not vpc.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]


def test_an_address_of_another_network_does_not_lead_there(server, reaches, vpc, echo):
    """Networks have the same addresses: this one's belongs to something else."""
    other = network(vpc.ec2, subnets=1)
    private_host(server, other, echo, other.another_group(), address="10.7.0.45")
    group = vpc.another_group()
    admit(vpc, group)
    vpc.ec2.create_network_interface(SubnetId=vpc.subnets[0], PrivateIpAddress="10.7.0.45", Groups=[group])
    assert tried(reaches(VpcConfig=vpc.config), ("connect", "10.7.0.45", 5432)) == ["no answer"]
    ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.45:5432")


def test_names_that_nobody_has_do_not_resolve_and_those_of_aws_lead_to_their_endpoint(reaches):
    names = ("nobody.example.com", "s3.us-east-1.amazonaws.com", "localhost", "id.lambda-url.us-east-1.on.aws")
    assert tried(reaches(), *(("resolve", name) for name in names)) == ["no such name", *["127.0.0.1"] * 3]


def test_addresses_of_the_internet_give_no_answer(reaches):
    assert tried(reaches(), ("connect", "198.51.100.1", 80)) == ["no answer"]


def test_the_machine_s_own_ports_are_not_there(server, reaches, echo):
    answers = tried(reaches(), ("connect", "127.0.0.1", echo), ("connect", "127.9.9.9", 9001))
    assert answers == ["refused", "refused"]


def test_abstract_sockets_of_the_machine_are_not_there(reaches):
    name = f"dockerless-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")
        listener.listen()
        assert tried(reaches(), ("abstract", name)) == ["ConnectionRefusedError"]


@pytest.mark.parametrize(
    "path",
    [
        "/_dockerless/health",
        "/_localstack/health",
        "//_localstack/health",
        "/%5Flocalstack/health",
        "/_aws/sqs/messages",
        "//_dockerless/health?://",
    ],
)
def test_the_server_s_own_addresses_are_not_for_functions(reaches, path):
    assert tried(reaches(), ("get", path)) == [403]


def test_every_environment_has_its_runtime_api_at_the_same_address(reaches):
    assert tried(reaches(), ("api",)) == ["127.0.0.1:9001"]
