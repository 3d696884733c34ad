"""Functions attached to a VPC

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError
from deployed import deployer
from networks import network

VPC = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
CONFIG = "https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"
INTERFACES = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-enis"
STATES = "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"
DELETING = "https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html"
MANAGED = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html"


@pytest.fixture
def client(server):
    return server.client("lambda")


@pytest.fixture(scope="module")
def ec2(server):
    """Making a client for EC2 takes longer than most tests."""
    return server.client("ec2")


@pytest.fixture
def net(ec2):
    return network(ec2)


def refused(client, function, code, words, **config):
    with pytest.raises(ClientError) as error:
        client.update_function_configuration(FunctionName=function.name, VpcConfig=config)
    assert error.value.response["Error"]["Code"] == code
    assert words in error.value.response["Error"]["Message"]


@pytest.mark.rule(CONFIG)
def test_the_answer_names_the_vpc_of_the_subnets(deploy, net):
    function = deploy(VpcConfig=net.config)
    assert function.configuration()["VpcConfig"] == net.config | {"VpcId": net.vpc, "Ipv6AllowedForDualStack": False}


@pytest.mark.rule(CONFIG)
def test_ipv6_for_dual_stack_subnets_is_kept(deploy, net):
    function = deploy(VpcConfig=net.config | {"Ipv6AllowedForDualStack": True})
    assert function.configuration()["VpcConfig"]["Ipv6AllowedForDualStack"] is True


@pytest.mark.rule(CONFIG)
def test_subnets_and_security_groups_come_together(client, deploy, net):
    words = "SubnetIds and SecurityIds must coexist or be both empty list."
    function = deploy()
    refused(client, function, "InvalidParameterValueException", words, SubnetIds=list(net.subnets))
    refused(client, function, "InvalidParameterValueException", words, SecurityGroupIds=[net.group])


@pytest.mark.rule(CONFIG)
@pytest.mark.parametrize(("member", "most"), [("SubnetIds", 16), ("SecurityGroupIds", 5)])
def test_there_are_limits_to_both(client, deploy, net, member, most):
    one = net.config[member][0]
    words = f"Member must have length less than or equal to {most}"
    refused(client, deploy(), "ValidationException", words, **net.config | {member: [one] * (most + 1)})


@pytest.mark.rule(VPC)
def test_every_subnet_must_exist(client, deploy, net):
    missing = "subnet-0123456789abcdef0"
    words = f"EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '{missing}' does not exist"
    config = net.config | {"SubnetIds": [net.subnets[0], missing]}
    refused(client, deploy(), "InvalidParameterValueException", words, **config)


@pytest.mark.rule(VPC)
def test_every_security_group_must_exist(client, deploy, net):
    missing = "sg-0123456789abcdef0"
    words = f"EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '{missing}' does not exist"
    config = net.config | {"SecurityGroupIds": [net.group, missing]}
    refused(client, deploy(), "InvalidParameterValueException", words, **config)


@pytest.mark.rule(VPC)
def test_all_are_of_one_vpc(client, deploy, ec2, net):
    function, other = deploy(), network(ec2, subnets=1)
    mixed = net.config | {"SecurityGroupIds": [net.group, other.group]}
    words = "Security Groups are required to be in the same VPC."
    refused(client, function, "InvalidParameterValueException", words, **mixed)
    mixed = net.config | {"SubnetIds": [net.subnets[0], other.subnets[0]]}
    refused(client, function, "InvalidParameterValueException", "in the same VPC", **mixed)


@pytest.mark.rule(INTERFACES)
def test_functions_with_the_same_subnets_and_groups_share_interfaces(deploy, net):
    deploy(VpcConfig=net.config)
    before = {eni["NetworkInterfaceId"] for eni in net.interfaces()}
    assert len(before) == len(net.subnets)
    deploy(VpcConfig=net.config)
    assert {eni["NetworkInterfaceId"] for eni in net.interfaces()} == before


@pytest.mark.rule(INTERFACES)
def test_another_set_of_groups_needs_interfaces_of_its_own(deploy, net):
    group = net.another_group()
    deploy(VpcConfig=net.config)
    deploy(VpcConfig=net.config | {"SecurityGroupIds": [net.group, group]})
    deploy(VpcConfig=net.config | {"SecurityGroupIds": [group, net.group]})
    assert len(net.interfaces()) == 2 * len(net.subnets)


@pytest.mark.rule(INTERFACES)
def test_interfaces_are_of_type_lambda_in_use_and_named_after_the_function(deploy, net):
    function = deploy(VpcConfig=net.config)
    for interface in net.interfaces():
        assert re.fullmatch(rf"AWS Lambda VPC ENI-{function.name}-[0-9a-f-]{{36}}", interface["Description"])
        assert (interface["InterfaceType"], interface["Status"]) == ("lambda", "in-use")
        assert interface["SubnetId"] in net.subnets
        assert [group["GroupId"] for group in interface["Groups"]] == [net.group]
        assert interface["Attachment"]["AttachmentId"].startswith("ela-attach-")
        assert interface["Attachment"]["InstanceOwnerId"] == "amazon-aws"
        assert interface["Attachment"]["Status"] == "attached"


@pytest.mark.rule(STATES)
def test_a_function_is_pending_until_its_interfaces_are_there(client, deploy, net):
    """Whoever has waited for Active finds them, and Pending is what CreateFunction says."""
    function = deploy()
    answer = client.update_function_configuration(FunctionName=function.name, VpcConfig=net.config)
    assert answer["LastUpdateStatus"] == "InProgress"
    client.get_waiter("function_updated_v2").wait(FunctionName=function.name, WaiterConfig={"Delay": 0.05})
    assert len(net.interfaces()) == len(net.subnets)


@pytest.mark.rule(INTERFACES)
def test_empty_lists_detach_and_the_last_user_takes_the_interfaces_along(deploy, net):
    first, second = deploy(VpcConfig=net.config), deploy(VpcConfig=net.config)
    first.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert first.configuration()["VpcConfig"]["VpcId"] == ""
    assert len(net.interfaces()) == len(net.subnets)
    second.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert net.interfaces() == []


@pytest.mark.rule(INTERFACES)
def test_deleting_the_last_function_removes_the_interfaces(client, net):
    function = deployer(client, [])(VpcConfig=net.config)
    assert net.interfaces()
    client.delete_function(FunctionName=function.name)
    assert net.interfaces() == []


@pytest.mark.rule(INTERFACES)
def test_a_published_version_keeps_its_interfaces(client, deploy, net):
    function = deploy(VpcConfig=net.config)
    version = function.publish()
    function.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert len(net.interfaces()) == len(net.subnets)
    client.delete_function(FunctionName=function.name, Qualifier=version)
    assert net.interfaces() == []


@pytest.mark.rule(INTERFACES)
def test_a_function_that_moves_takes_its_old_interfaces_along(deploy, net):
    function = deploy(VpcConfig=net.config | {"SubnetIds": [net.subnets[0]]})
    function.configure(VpcConfig=net.config | {"SubnetIds": [net.subnets[1]]})
    assert [interface["SubnetId"] for interface in net.interfaces()] == [net.subnets[1]]


@pytest.mark.rule(DELETING)
def test_what_an_interface_uses_cannot_be_deleted(deploy, net):
    function = deploy(VpcConfig=net.config)
    deletions = {
        f"resource {net.group} has a dependent object": lambda: net.ec2.delete_security_group(GroupId=net.group),
        f"'{net.subnets[0]}' has dependencies": lambda: net.ec2.delete_subnet(SubnetId=net.subnets[0]),
        f"'{net.vpc}' has dependencies": lambda: net.ec2.delete_vpc(VpcId=net.vpc),
    }
    for words, delete in deletions.items():
        with pytest.raises(ClientError, match="DependencyViolation") as error:
            delete()
        assert words in str(error.value)
    function.configure(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    net.ec2.delete_security_group(GroupId=net.group)
    for subnet in net.subnets:
        net.ec2.delete_subnet(SubnetId=subnet)
    net.ec2.delete_vpc(VpcId=net.vpc)


@pytest.mark.rule(MANAGED)
def test_an_interface_of_functions_is_not_the_user_s_to_remove(deploy, net):
    deploy(VpcConfig=net.config)
    interface = net.interfaces()[0]
    identifier = interface["NetworkInterfaceId"]
    with pytest.raises(ClientError, match=f"'{identifier}' is currently in use"):
        net.ec2.delete_network_interface(NetworkInterfaceId=identifier)
    with pytest.raises(ClientError, match=r"OperationNotPermitted.*'ela-attach' attachments"):
        net.ec2.detach_network_interface(AttachmentId=interface["Attachment"]["AttachmentId"])
    with pytest.raises(ClientError, match="AuthFailure"):
        net.ec2.modify_network_interface_attribute(NetworkInterfaceId=identifier, Groups=[net.another_group()])
    assert len(net.interfaces()) == len(net.subnets)
