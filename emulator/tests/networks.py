"""A VPC of one's own, and the interfaces in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Network:
    """A VPC with subnets in zones a, b, ... and one security group."""

    ec2: Any
    vpc: str
    subnets: tuple[str, ...]
    group: str

    @property
    def config(self) -> dict[str, list[str]]:
        """A function's VpcConfig for all of it."""
        return {"SubnetIds": list(self.subnets), "SecurityGroupIds": [self.group]}

    def another_group(self, name: str = "another") -> str:
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    def interfaces(self, **filters: str) -> list[dict[str, Any]]:
        """What functions have in this VPC."""
        wanted = {"vpc-id": self.vpc, "interface-type": "lambda"} | filters
        listed = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in wanted.items()]
        return list(self.ec2.describe_network_interfaces(Filters=listed)["NetworkInterfaces"])


def network(ec2: Any, subnets: int = 2, prefix: int = 24) -> Network:
    """Make one."""
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    region = ec2.meta.region_name
    made = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.7.{number}.0/{prefix}", AvailabilityZone=f"{region}{'abcdef'[number]}"
        )["Subnet"]["SubnetId"]
        for number in range(subnets)
    ]
    group = ec2.create_security_group(GroupName="functions", Description="of functions", VpcId=vpc)["GroupId"]
    return Network(ec2, vpc, tuple(made), group)
