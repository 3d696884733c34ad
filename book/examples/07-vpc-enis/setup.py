"""The examples begin with a VPC of two private subnets, a database's security group, and the functions payments, refunds and reports."""

import boto3

from common import function, role

functions, ec2 = boto3.client("lambda"), boto3.client("ec2")
POLICY = (
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
)


def group(name: str) -> str:
    """Make a security group."""
    made = ec2.create_security_group(
        GroupName=name, Description=name, VpcId=vpc
    )
    return str(made["GroupId"])


def subnet(zone: str, block: str) -> str:
    """Make a subnet."""
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=block,
        AvailabilityZone=f"{ec2.meta.region_name}{zone}",
    )
    return str(made["Subnet"]["SubnetId"])


vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet_a, subnet_b = subnet("a", "10.0.1.0/24"), subnet("b", "10.0.2.0/24")
app, batch, database = group("app"), group("batch"), group("database")
made = ec2.create_route_table(VpcId=vpc)
private_routes = made["RouteTable"]["RouteTableId"]
shared = role("payments", POLICY)
for name in ("payments", "refunds", "reports"):
    function(name, Role=shared)
for name, groups in (("refunds", [app]), ("reports", [batch])):
    functions.update_function_configuration(
        FunctionName=name,
        VpcConfig={
            "SubnetIds": [subnet_a, subnet_b],
            "SecurityGroupIds": groups,
        },
    )
