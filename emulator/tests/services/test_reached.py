"""What real functions reach, in networks of their own."""

from __future__ import annotations

import itertools
import socket
import threading
import uuid

import pytest
from networks import network
from places import ask, is_private, public

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _private(server):
    if not is_private(server):
        pytest.skip("this machine has no network namespaces")


@pytest.fixture
def ec2(server):
    return server.client("ec2")


@pytest.fixture
def vpc(ec2):
    """A VPC with one subnet and no way out; it stays in the shared server, which no test counts."""
    return network(ec2, subnets=1)


@pytest.fixture
def echo():
    """A port of this machine, where whoever connects is answered with what he says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"echo of " + connection.recv(100))

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def reaches(deploy):
    def make(**options):
        return deploy("reaches.py", **{"Timeout": 20, **options})

    return make


def tried(function, *tries):
    answer = function.invoke({"try": tries})
    assert answer.error is None, answer.body
    return answer.value


def main_table(vpc):
    filters = [{"Name": "vpc-id", "Values": [vpc.vpc]}]
    return vpc.ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]


def private_host(server, vpc, port, group, address="10.7.0.20"):
    body = {
        "place": f"{address}:5432",
        "to": f"127.0.0.1:{port}",
        "subnet": vpc.subnets[0],
        "security_groups": [group],
        "name": f"db-{next(_numbers)}.internal",
    }
    status, answer = ask(server, "POST", "/_dockerless/hosts", body)
    assert status == 200, answer
    return answer["host"]


def admit(vpc, group, port=5432):
    """Let the functions' group into another."""
    source = [{"GroupId": vpc.group}]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": source}
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def test_a_service_out_of_reach_gives_no_answer_until_an_endpoint_leads_there(reaches, vpc):
    function = reaches(VpcConfig=vpc.config)
    assert tried(function, ("sdk", "s3"), ("service", "sts")) == ["ReadTimeoutError", "no answer"]
    vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[main_table(vpc)]
    )
    assert tried(function, ("service", "s3", 10), ("service", "sts")) == ["answer", "no answer"]


def test_an_interface_endpoint_leads_to_its_service_if_its_group_admits_the_function(reaches, vpc):
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.vpc, EnableDnsHostnames={"Value": True})
    group = vpc.another_group()
    made = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.sts",
        SubnetIds=list(vpc.subnets),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    function = reaches(VpcConfig=vpc.config)
    assert tried(function, ("service", "sts")) == ["no answer"]
    admit(vpc, group, 443)
    assert tried(function, ("service", "sts", 10), ("service", "s3")) == ["answer", "no answer"]
    another = vpc.another_group("a third")
    changes = {"AddSecurityGroupIds": [another], "RemoveSecurityGroupIds": [group]}
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], **changes)
    assert tried(function, ("service", "sts")) == ["no answer"]


def test_the_interfaces_of_an_endpoint_are_in_its_subnets_and_groups(vpc):
    group = vpc.another_group()
    service = "com.amazonaws.us-east-1.sqs"
    common = {"VpcId": vpc.vpc, "VpcEndpointType": "Interface", "SubnetIds": list(vpc.subnets)}
    made = vpc.ec2.create_vpc_endpoint(**common, ServiceName=service, SecurityGroupIds=[group])["VpcEndpoint"]
    found = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [one["InterfaceType"] for one in found] == ["vpc_endpoint"]
    assert found[0]["PrivateIpAddress"].startswith("10.7.0.")
    assert [one["GroupId"] for one in found[0]["Groups"]] == [group]
    by_default = vpc.ec2.create_vpc_endpoint(**common, ServiceName="com.amazonaws.us-east-1.sns")["VpcEndpoint"]
    assert [one["GroupName"] for one in by_default["Groups"]] == ["default"]


def test_a_nat_gateway_leads_to_services_and_hosts_of_the_internet(server, ec2, reaches, echo):
    net = network(ec2, subnets=2)
    inside, outside = net.subnets
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=net.vpc)
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=outside)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=internet)
    host = public(server, echo)
    groups = [net.group]
    private = reaches(VpcConfig={"SubnetIds": [inside], "SecurityGroupIds": groups})
    in_public = reaches(VpcConfig={"SubnetIds": [outside], "SecurityGroupIds": groups})
    assert tried(in_public, ("service", "s3"), ("connect", host, echo)) == ["no answer", "no answer"]
    assert tried(private, ("service", "s3"), ("connect", host, echo)) == ["no answer", "no answer"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=outside, AllocationId=address)["NatGateway"]["NatGatewayId"]
    filters = [{"Name": "vpc-id", "Values": [net.vpc]}, {"Name": "association.main", "Values": ["true"]}]
    main = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    assert tried(private, ("service", "s3", 10), ("connect", host, echo)) == ["answer", "echo of hello"]
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert tried(private, ("connect", host, echo)) == ["no answer"]


def test_a_call_out_of_reach_lasts_until_the_function_times_out(reaches, vpc):
    function = reaches(VpcConfig=vpc.config, Timeout=2)
    answer = function.invoke({"try": [("service", "s3", 10)]})
    assert answer.error == "Unhandled"
    assert "Task timed out after 2.00 seconds" in answer.value["errorMessage"]


def test_a_private_host_answers_only_from_inside_and_whom_its_group_admits(server, reaches, vpc, echo):
    group = vpc.another_group()
    host = private_host(server, vpc, echo, group)
    by_address, by_name = ("connect", host["address"], 5432), ("connect", host["name"], 5432)
    attached, unattached = reaches(VpcConfig=vpc.config), reaches()
    assert tried(attached, by_address, by_name) == ["no answer", "no answer"]
    admit(vpc, group)
    assert tried(attached, by_address, by_name) == ["echo of hello", "echo of hello"]
    assert tried(unattached, by_address) == ["no answer"]
    vpc.ec2.revoke_security_group_ingress(
        GroupId=group,
        IpPermissions=vpc.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"],
    )
    assert tried(attached, by_address) == ["no answer"]


def test_a_private_host_is_a_network_interface(server, vpc, echo):
    group = vpc.another_group()
    host = private_host(server, vpc, echo, group, address="10.7.0.44")
    (found,) = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=[host["interface"]])["NetworkInterfaces"]
    assert (found["PrivateIpAddress"], found["SubnetId"]) == ("10.7.0.44", vpc.subnets[0])
    assert [one["GroupId"] for one in found["Groups"]] == [group]
    ask(server, "DELETE", "/_dockerless/hosts?place=10.7.0.44:5432")
    filters = [{"Name": "network-interface-id", "Values": [host["interface"]]}]
    assert not vpc.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]


def test_a_public_host_is_there_for_functions_without_a_vpc(server, reaches, echo):
    assert tried(reaches(), ("connect", public(server, echo), echo)) == ["echo of hello"]


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
    ],
)
def test_the_server_s_own_addresses_are_not_for_functions(reaches, path):
    assert tried(reaches(), ("get", path)) == [403]


def test_every_environment_has_its_runtime_api_at_the_same_address(reaches):
    assert tried(reaches(), ("api",)) == ["127.0.0.1:9001"]
