"""Networks of functions attached to a VPC"""

from __future__ import annotations

import json

import pytest
from networks import network
from places import public
from reaching import admit, main_table, private_host, tried

LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
INTERNET = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html"
GATEWAY = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
INTERFACE = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
POLICIES = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
GROUPS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"


@pytest.mark.rule(GATEWAY)
def test_a_service_out_of_reach_gives_no_answer_until_an_endpoint_leads_there(reaches, vpc):
    function = reaches(VpcConfig=vpc.config)
    assert tried(function, ("sdk", "s3"), ("service", "sts")) == ["ReadTimeoutError", "no answer"]
    vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[main_table(vpc)]
    )
    assert tried(function, ("service", "s3", 30), ("service", "sts")) == ["answer", "no answer"]


@pytest.mark.rule(INTERFACE)
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
    assert tried(function, ("service", "sts", 30), ("service", "s3")) == ["answer", "no answer"]
    another = vpc.another_group("a third")
    changes = {"AddSecurityGroupIds": [another], "RemoveSecurityGroupIds": [group]}
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], **changes)
    assert tried(function, ("service", "sts")) == ["no answer"]


@pytest.mark.rule(INTERFACE)
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


@pytest.mark.rule(INTERNET)
def test_a_nat_gateway_leads_to_services_and_hosts_of_the_internet(server, reaches, echo):
    ec2 = server.client("ec2")
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
    assert tried(private, ("service", "s3", 30), ("connect", host, echo)) == ["answer", "echo of hello"]
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert tried(private, ("connect", host, echo)) == ["no answer"]


@pytest.mark.rule(GROUPS)
def test_an_outbound_rule_may_name_the_prefix_list_of_a_service(reaches, vpc):
    """The analysis found no addresses in the lists of AWS."""
    function, service = reaches(VpcConfig=vpc.config), "com.amazonaws.us-east-1.s3"
    vpc.ec2.create_vpc_endpoint(VpcId=vpc.vpc, ServiceName=service, RouteTableIds=[main_table(vpc)])
    everything = vpc.ec2.describe_security_groups(GroupIds=[vpc.group])["SecurityGroups"][0]["IpPermissionsEgress"]
    vpc.ec2.revoke_security_group_egress(GroupId=vpc.group, IpPermissions=everything)
    assert tried(function, ("service", "s3")) == ["no answer"]
    named = [{"Name": "prefix-list-name", "Values": [service]}]
    found = vpc.ec2.describe_managed_prefix_lists(Filters=named)["PrefixLists"][0]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": found}]}
    vpc.ec2.authorize_security_group_egress(GroupId=vpc.group, IpPermissions=[rule])
    assert tried(function, ("service", "s3", 30)) == ["answer"]


@pytest.mark.rule(LAMBDA)
def test_a_call_out_of_reach_lasts_until_the_function_times_out(reaches, vpc):
    function = reaches(VpcConfig=vpc.config, Timeout=2)
    answer = function.invoke({"try": [("service", "s3", 30)]})
    assert answer.error == "Unhandled"
    assert "Task timed out after 2.00 seconds" in answer.value["errorMessage"]


@pytest.mark.rule(GROUPS)
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


@pytest.mark.rule(LAMBDA)
def test_a_public_host_is_there_for_functions_without_a_vpc(server, reaches, echo):
    assert tried(reaches(), ("connect", public(server, echo), echo)) == ["echo of hello"]


def s3_endpoint(vpc, statement):
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Principal": "*", "Resource": "*", **statement}]})
    made = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.vpc,
        ServiceName="com.amazonaws.us-east-1.s3",
        RouteTableIds=[main_table(vpc)],
        PolicyDocument=document,
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


@pytest.mark.rule(POLICIES)
def test_an_endpoint_s_policy_decides_about_requests(reaches, vpc):
    s3_endpoint(vpc, {"Effect": "Allow", "Action": "s3:GetObject"})
    (answer,) = tried(reaches(VpcConfig=vpc.config), ("service", "s3", 30))
    assert "<Code>AccessDenied</Code>" in answer
    assert "because no VPC endpoint policy allows the s3:ListAllMyBuckets action" in answer


@pytest.mark.rule(KEYS)
@pytest.mark.parametrize(
    ("name", "own"), [("aws:SourceVpc", True), ("aws:SourceVpce", True), ("aws:SourceVpce", False)]
)
def test_policies_know_by_which_endpoint_a_request_came(reaches, vpc, name, own):
    action = {"Effect": "Allow", "Action": "s3:*"}
    endpoint = s3_endpoint(vpc, action)
    wanted = {"aws:SourceVpc": vpc.vpc, "aws:SourceVpce": endpoint}[name] if own else "vpce-0123456789abcdef0"
    condition = {"Condition": {"StringEquals": {name: wanted}}}
    document = {"Version": "2012-10-17", "Statement": [{"Principal": "*", "Resource": "*", **action, **condition}]}
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(document))
    (answer,) = tried(reaches(VpcConfig=vpc.config), ("service", "s3", 30))
    assert (answer == "answer") is own
