"""What LocalStack and moto get wrong about the network interfaces of functions."""

from __future__ import annotations

import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from deployed import deploy, deployer, eventually
from localstack.aws.api.lambda_ import StateReasonCode
from networks import network

__all__ = ["deploy"]
ACCOUNT = "707070707070"


@pytest.fixture(scope="module")
def ec2(server):
    return server.client("ec2")


@pytest.fixture
def net(ec2):
    return network(ec2)


def test_mac_addresses_are_well_formed(deploy, net):
    """moto's read 02:00:00:4702x:..."""
    deploy(VpcConfig=net.config)
    mine = net.ec2.create_network_interface(SubnetId=net.subnets[0])["NetworkInterface"]
    for interface in [mine, *net.interfaces()]:
        assert re.fullmatch("02(:[0-9a-f]{2}){5}", interface["MacAddress"])


def test_the_requester_is_a_role_of_the_account(deploy, net):
    """Not a service of AWS, unlike for other interfaces that AWS makes."""
    deploy(VpcConfig=net.config)
    for interface in net.interfaces(requester_managed="false"):
        assert re.fullmatch("AROA[0-9A-Z]{17}:000000000000", interface["RequesterId"])
    assert net.interfaces(requester_managed="true") == []


@pytest.mark.parametrize(
    "filters", [{"attachment_instance_owner_id": "amazon-aws"}, {"attachment_status": "attached"}, {"status": "in-use"}]
)
def test_interfaces_are_found_by_how_they_are_attached(deploy, net, filters):
    """moto answered 501 to these filters as soon as there was any interface."""
    net.ec2.create_network_interface(SubnetId=net.subnets[0])
    deploy(VpcConfig=net.config)
    named = {name.replace("attachment_", "attachment."): value for name, value in filters.items()}
    listed = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in named.items()]
    mine = {"Name": "vpc-id", "Values": [net.vpc]}
    found = net.ec2.describe_network_interfaces(Filters=[*listed, mine])["NetworkInterfaces"]
    assert {interface["InterfaceType"] for interface in found} == {"lambda"}


def test_an_interface_takes_an_address_of_its_subnet_and_gives_it_back(deploy, net):
    def free():
        return net.ec2.describe_subnets(SubnetIds=[net.subnets[0]])["Subnets"][0]["AvailableIpAddressCount"]

    before = free()
    function = deploy(VpcConfig=net.config)
    (interface,) = net.interfaces(subnet_id=net.subnets[0])
    assert interface["PrivateIpAddress"].startswith("10.7.0.")
    assert free() == before - 1
    function.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert free() == before


def test_interfaces_of_users_can_be_deleted_as_before(net):
    made = net.ec2.create_network_interface(SubnetId=net.subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    net.ec2.modify_network_interface_attribute(NetworkInterfaceId=made, Groups=[net.group])
    net.ec2.delete_network_interface(NetworkInterfaceId=made)
    net.ec2.delete_subnet(SubnetId=net.subnets[0])


def test_a_nat_gateway_is_public_unless_told_otherwise(net):
    """moto said None."""
    made = net.ec2.create_nat_gateway(SubnetId=net.subnets[0])["NatGateway"]
    other = net.ec2.create_nat_gateway(SubnetId=net.subnets[0], ConnectivityType="private")["NatGateway"]
    assert [made["ConnectivityType"], other["ConnectivityType"]] == ["public", "private"]


def test_the_interface_of_a_nat_gateway_goes_with_it_and_its_address_is_free(net):
    """moto kept both for ever."""
    address = net.ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = net.ec2.create_nat_gateway(SubnetId=net.subnets[0], AllocationId=address)["NatGateway"]
    interface = made["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    net.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    mine = [{"Name": "vpc-id", "Values": [net.vpc]}]
    found = net.ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]
    assert interface not in {one["NetworkInterfaceId"] for one in found}
    assert "AssociationId" not in net.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    net.ec2.create_nat_gateway(SubnetId=net.subnets[0], AllocationId=address)


def test_a_deleted_subnet_leaves_its_route_table_free(net):
    """moto kept the association, so that the table could not be deleted."""
    table = net.ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    net.ec2.associate_route_table(RouteTableId=table, SubnetId=net.subnets[0])
    net.ec2.delete_subnet(SubnetId=net.subnets[0])
    assert net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"] == []
    net.ec2.delete_route_table(RouteTableId=table)


def test_a_gateway_endpoint_has_a_route_in_each_table_that_it_is_given_later(net):
    """There was none, so that the endpoint could not be deleted."""

    def routes():
        found = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return [route["GatewayId"] for route in found if "DestinationPrefixListId" in route]

    table = net.ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    made = net.ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName="com.amazonaws.us-east-1.s3")["VpcEndpoint"]
    endpoint = made["VpcEndpointId"]
    assert made["VpcEndpointType"] == "Gateway"
    for change, expected in (("Add", [endpoint]), ("Remove", []), ("Add", [endpoint])):
        net.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, **{f"{change}RouteTableIds": [table]})
        assert routes() == expected
    assert not net.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"]
    assert routes() == []


@pytest.mark.parametrize("subnet", ["vpc-1", "subnet_1", "", "../x"])
def test_what_is_no_identifier_is_refused(server, deploy, net, subnet):
    """LocalStack looked at the first subnet only."""
    function = deploy()
    client = server.client("lambda")
    config = net.config | {"SubnetIds": [net.subnets[0], subnet]}
    with pytest.raises(client.exceptions.ClientError, match=r"ValidationException.*vpcConfig\.subnetIds"):
        client.update_function_configuration(FunctionName=function.name, VpcConfig=config)


def test_functions_made_at_the_same_time_share_interfaces(server, net):
    made = []
    make = deployer(server.client("lambda"), made)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: make(VpcConfig=net.config), range(8)))
    assert len(net.interfaces()) == len(net.subnets)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda function: function.client.delete_function(FunctionName=function.name), made))
    assert net.interfaces() == []


def test_a_full_subnet_is_the_function_s_state_reason():
    from localstack_dockerless.services.vpc import interfaces
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[ACCOUNT]["us-east-1"]
    vpc = backend.create_vpc("10.8.0.0/16")
    subnet = backend.create_subnet(vpc.id, "10.8.0.0/28", availability_zone="us-east-1a")

    def version(group):
        config = SimpleNamespace(vpc_config=SimpleNamespace(subnet_ids=[subnet.id], security_group_ids=[group]))
        return SimpleNamespace(
            id=SimpleNamespace(account=ACCOUNT, region="us-east-1", function_name="f"), config=config
        )

    def fill():
        for number in range(16):
            interfaces.attach(version(backend.create_security_group(f"g{number}", "d", vpc_id=vpc.id).id))

    with pytest.raises(interfaces.CannotAttach) as full:
        fill()
    assert full.value.code == StateReasonCode.SubnetOutOfIPAddresses
    with pytest.raises(interfaces.CannotAttach) as gone:
        interfaces.attach(version("sg-gone"))
    assert gone.value.code == StateReasonCode.InvalidSecurityGroup


def test_a_reset_leaves_no_interface(another_server, runtimes):
    one = another_server()
    one.start()
    made = []
    make, ec2 = deployer(one.client("lambda", ACCOUNT), made), one.client("ec2", ACCOUNT)
    make()
    with urllib.request.urlopen(f"{one.endpoint}/_localstack/health") as answer:
        assert json.load(answer)["services"]["ec2"] == "available", "a function without a VPC loads EC2: 140 MB"
    make(VpcConfig=network(ec2).config)
    assert one.command("reset", f"--account={ACCOUNT}").returncode == 0
    eventually(lambda: not one.client("lambda", ACCOUNT).list_functions()["Functions"])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    net = network(ec2)
    make(VpcConfig=net.config)
    assert len(net.interfaces()) == len(net.subnets)
