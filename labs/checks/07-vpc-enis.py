"""Checks of lab 07."""

import json
from collections.abc import Iterable
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

NAME = "coldstart-07-"
PRIVATE = ("private-a", "private-b")
PATIENCE = 5  # seconds for an answer that is to come
IMPATIENCE = 1  # for one that is not
ANYWHERE = "0.0.0.0/0"


def _named(found: Iterable[dict[str, Any]], key: str) -> dict[str, str]:
    """Return the IDs of resources by the names that their tags give them."""
    return {
        tag["Value"].removeprefix(NAME): one[key]
        for one in found
        for tag in one.get("Tags", [])
        if tag["Key"] == "Name"
    }


def _subnets(ec2: Any) -> dict[str, str]:
    """Return the lab's subnets by name."""
    filters = [{"Name": "tag:Name", "Values": [f"{NAME}*"]}]
    found = _named(ec2.describe_subnets(Filters=filters)["Subnets"], "SubnetId")
    if not {*PRIVATE, "public"} <= found.keys():
        raise CheckFailed("The subnets are not there; the cells of step 1 make them.")
    return found


def _config(aws: boto3.Session, function: str) -> tuple[set[str], set[str]]:
    """Return the subnets and security groups of a function."""
    functions = aws.client("lambda")
    try:
        about = functions.get_function_configuration(FunctionName=f"{NAME}{function}")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function `{function}`; the cells of step 2 make it.") from None
    config = about.get("VpcConfig", {})
    if not config.get("SubnetIds"):
        raise CheckFailed(f"`{function}` is not attached to a VPC yet.")
    return set(config["SubnetIds"]), set(config["SecurityGroupIds"])


def _answers(aws: boto3.Session, function: str, service: str, patience: int = PATIENCE) -> bool:
    """Have a function call a service; False when nothing comes back."""
    event = json.dumps({"service": service, "patience": patience})
    answer = aws.client("lambda").invoke(FunctionName=f"{NAME}{function}", Payload=event)
    result = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"`{function}` fails when it calls {service}: {result.get('errorMessage')}")
    return bool(result["answer"])


def _table(ec2: Any) -> dict[str, Any]:
    """Return the route table of the private subnets."""
    found = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [f"{NAME}private"]}])["RouteTables"]
    if not found:
        raise CheckFailed("The private route table is not there; the cells of step 1 make it.")
    table: dict[str, Any] = found[0]
    return table


def _in_private(aws: boto3.Session, ec2: Any, function: str) -> None:
    subnets = _subnets(ec2)
    used, _ = _config(aws, function)
    if used != {subnets[name] for name in PRIVATE}:
        names = sorted(name for name, subnet in subnets.items() if subnet in used)
        raise CheckFailed(f"`{function}` is attached to {', '.join(names)}; it is to be in both private subnets.")


@check("shared", "`stock` shares the interfaces of `prices`, `audit` has its own")
def shared(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    for function in ("prices", "stock", "audit"):
        _in_private(aws, ec2, function)
    groups = {name: _config(aws, name)[1] for name in ("prices", "stock", "audit")}
    if groups["stock"] != groups["prices"]:
        raise CheckFailed("`stock` has other security groups than `prices`, so it gets interfaces of its own.")
    if groups["audit"] == groups["prices"]:
        raise CheckFailed("`audit` has the security groups of `prices`, so it shares the interfaces; give it `audit`.")
    known = {one["GroupId"]: one["GroupName"] for one in ec2.describe_security_groups()["SecurityGroups"]}
    if {known[one] for one in groups["audit"]} != {f"{NAME}audit"}:
        raise CheckFailed("`audit` is to have one security group, `audit`; of several, the rules of all would apply.")
    _interfaces_are_there(ec2, groups)


def _interfaces_are_there(ec2: Any, groups: dict[str, set[str]]) -> None:
    """Look at EC2: an interface for each subnet and set of groups, and no other."""
    subnets = _subnets(ec2)
    filters = [
        {"Name": "interface-type", "Values": ["lambda"]},
        {"Name": "subnet-id", "Values": sorted(subnets.values())},
    ]
    found = [
        (one["SubnetId"], frozenset(group["GroupId"] for group in one["Groups"]))
        for one in ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    ]
    wanted = {(subnets[name], frozenset(used)) for name in PRIVATE for used in groups.values()}
    if set(found) != wanted:
        raise CheckFailed(f"EC2 has {len(found)} interfaces of functions; with this configuration it is to have 4.")


@check("reads-prices", "`prices` reads from S3 through a gateway endpoint")
def reads_prices(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    table = _table(ec2)
    filters = [{"Name": "vpc-id", "Values": [table["VpcId"]]}]
    found = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    mine = [one for one in found if one["State"].lower() == "available" and one["ServiceName"].endswith(".s3")]
    if not mine:
        raise CheckFailed("The VPC has no endpoint for S3 yet; make one.")
    gateways = [one for one in mine if one["VpcEndpointType"] == "Gateway"]
    if not gateways:
        raise CheckFailed("This is an interface endpoint, which is charged by the hour; make one of type Gateway.")
    if not any(table["RouteTableId"] in one["RouteTableIds"] for one in gateways):
        raise CheckFailed("The endpoint is not in the route table of the private subnets; add `private_table` to it.")
    _in_private(aws, ec2, "prices")
    if not _answers(aws, "prices", "s3"):
        raise CheckFailed(
            "The endpoint is right, but `prices` gets no answer; look at the outbound rules of its group."
        )


@check("reaches-internet", "The private subnets reach the internet through a NAT gateway")
def reaches_internet(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    default = next((one for one in _table(ec2)["Routes"] if one.get("DestinationCidrBlock") == ANYWHERE), None)
    if default is None:
        raise CheckFailed(f"The route table of the private subnets has no route for {ANYWHERE}.")
    if default.get("GatewayId", "").startswith("igw-"):
        raise CheckFailed(
            "The default route leads to the internet gateway: that needs a public address. Use a NAT gateway."
        )
    if not default.get("NatGatewayId"):
        raise CheckFailed(f"The route for {ANYWHERE} does not lead to a NAT gateway.")
    _stands_in_public(ec2, default["NatGatewayId"])
    _in_private(aws, ec2, "prices")
    if not _answers(aws, "prices", "sts"):
        raise CheckFailed("The route leads to a NAT gateway, but STS does not answer; look at the NAT gateway's state.")


def _stands_in_public(ec2: Any, nat: str) -> None:
    found = ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    if not found or found[0]["State"] != "available":
        raise CheckFailed("The default route leads to a NAT gateway that is not available.")
    if found[0].get("ConnectivityType") == "private":
        raise CheckFailed("The NAT gateway is a private one, which leads to other networks only; make a public one.")
    subnets = _subnets(ec2)
    if found[0].get("SubnetId") in {subnets[name] for name in PRIVATE}:
        raise CheckFailed(
            "The NAT gateway stands in a private subnet and has no way out itself; put it into the public one."
        )


@check("audit-only-s3", "`audit` reaches S3 and nothing else")
def audit_only_s3(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}audit"]}])["SecurityGroups"]
    if not found:
        raise CheckFailed("There is no security group `audit`; the cells of step 1 make it.")
    rules = found[0]["IpPermissionsEgress"]
    if any(block["CidrIp"] == ANYWHERE for rule in rules for block in rule["IpRanges"]):
        raise CheckFailed(
            f"The group `audit` still has an outbound rule for {ANYWHERE}, so it does not hold back much."
        )
    _in_private(aws, ec2, "audit")
    if not _answers(aws, "audit", "s3"):
        raise CheckFailed(
            "`audit` does not reach S3 any more; add an outbound rule for S3's prefix list, TCP port 443."
        )
    if _answers(aws, "audit", "sts", IMPATIENCE):
        raise CheckFailed("`audit` still reaches STS; look at the outbound rules of its group.")
    if not _answers(aws, "prices", "sts"):
        raise CheckFailed(
            "`prices` does not reach STS; leave its group and the routes as they are, and do exercise 3 first."
        )
