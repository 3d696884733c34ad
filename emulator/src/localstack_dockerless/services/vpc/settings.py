"""A function's VpcConfig, checked as AWS does.

LocalStack 2026.3.0 looks at the first subnet only, takes any security group, and drops Ipv6AllowedForDualStack.
https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, ValidationException, VpcConfig
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.utils.patch import patch

MOST = {"subnetIds": 16, "securityGroupIds": 5}
PREFIXES = {"subnetIds": "subnet-", "securityGroupIds": "sg-"}


@dataclass
class Attachment(VpcConfig):
    """LocalStack's VpcConfig, with what it lacks."""

    ipv6_allowed_for_dual_stack: bool = False


def apply() -> None:
    """Replace LocalStack's check, and show what it drops."""
    patch(LambdaProvider._build_vpc_config)(_build)
    patch(api_utils.map_config_out)(_show)


def _build(
    _original: Any, _provider: LambdaProvider, account_id: str, region_name: str, vpc_config: Any = None
) -> Attachment | None:
    """Check what CreateFunction or UpdateFunctionConfiguration was given; two empty lists detach.

    Raises:
        InvalidParameterValueException: something does not exist or does not fit together.
        ValidationException: too many, or no identifiers.
    """
    if not vpc_config:
        return None
    subnets, groups = vpc_config.get("SubnetIds") or [], vpc_config.get("SecurityGroupIds") or []
    _check_form("subnetIds", subnets)
    _check_form("securityGroupIds", groups)
    if bool(subnets) != bool(groups):
        raise _refusal("SubnetIds and SecurityIds must coexist or be both empty list.")
    # Two empty lists must not cost the 140 MB of EC2.
    vpc = _common_vpc(account_id, region_name, subnets, groups) if subnets else ""
    return Attachment(vpc, list(groups), list(subnets), bool(vpc_config.get("Ipv6AllowedForDualStack")))


def _show(original: Any, version: FunctionVersion, *args: Any, **kwargs: Any) -> Any:
    shown = original(version, *args, **kwargs)
    if "VpcConfig" in shown:
        shown["VpcConfig"]["Ipv6AllowedForDualStack"] = getattr(
            version.config.vpc_config, "ipv6_allowed_for_dual_stack", False
        )
    return shown


def _refusal(message: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(message, Type="User")


def _check_form(member: str, identifiers: Sequence[str]) -> None:
    """Hold the constraints of the API that SDKs leave to the service."""
    words = f"1 validation error detected: Value '[{', '.join(identifiers)}]' at 'vpcConfig.{member}' failed to satisfy constraint: "
    if len(identifiers) > MOST[member]:
        raise ValidationException(f"{words}Member must have length less than or equal to {MOST[member]}")
    pattern = f"{PREFIXES[member]}[0-9a-zA-Z]*"
    if not all(re.fullmatch(pattern, identifier) for identifier in identifiers):
        raise ValidationException(
            f"{words}Member must satisfy constraint: [Member must have length less than or equal to 1024, "
            f"Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: ^{pattern}$]"
        )


def _common_vpc(account: str, region: str, subnets: Sequence[str], groups: Sequence[str]) -> str:
    """The VPC that all of them belong to."""
    SERVICE_PLUGINS.require("ec2")
    from moto.ec2.exceptions import EC2ClientError, InvalidSecurityGroupNotFoundError
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[account][region]
    try:
        homes = {backend.get_subnet(subnet).vpc_id for subnet in subnets}
    except EC2ClientError as error:
        raise _refused_by_ec2("DescribeSubnets", error) from error
    found = [(name, backend.get_security_group_from_id(name)) for name in groups]
    for name, group in found:
        if group is None:
            raise _refused_by_ec2("DescribeSecurityGroups", InvalidSecurityGroupNotFoundError(name))
    if len(homes) > 1:
        raise _refusal("Subnets are required to be in the same VPC.")
    if {group.vpc_id for _, group in found if group} != homes:
        raise _refusal("Security Groups are required to be in the same VPC.")
    return str(homes.pop())


def _refused_by_ec2(operation: str, error: Any) -> InvalidParameterValueException:
    return _refusal(
        f"Error occurred while {operation}. EC2 Error Code: {error.error_type}. EC2 Error Message: {error.message}"
    )
