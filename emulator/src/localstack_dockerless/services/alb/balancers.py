"""Load balancers: what AWS asks of a new one, and finding one by its name."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from typing import Any

from localstack_dockerless.services.alb.errors import refuse

NAME_LIMIT, MIN_SUBNETS = 32, 2
SETTINGS = ("Subnets", "SubnetMappings", "SecurityGroups", "Scheme", "Type", "IpAddressType")


def check_name(name: str) -> None:
    """Refuse what is no name of a load balancer."""
    if len(name) > NAME_LIMIT:
        refuse("ValidationError", f"The load balancer name '{name}' cannot be longer than '{NAME_LIMIT}' characters")
    if not re.fullmatch(r"[a-zA-Z0-9-]+", name):
        text = "can only contain characters that are alphanumeric characters and hyphens(-)"
        refuse("ValidationError", f"The load balancer name '{name}' {text}")
    if name.startswith("-") or name.endswith("-"):
        refuse("ValidationError", f"The load balancer name '{name}' cannot begin or end with a hyphen(-)")
    if name.startswith("internal-"):
        refuse("ValidationError", f"The load balancer name '{name}' cannot begin with 'internal-'")


def check_subnets(backend: Any, request: dict[str, Any]) -> None:
    """Refuse subnets that do not exist, or not in two Availability Zones.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
    """
    ids = [*(request.get("Subnets") or []), *(s["SubnetId"] for s in request.get("SubnetMappings") or [])]
    known = {subnet.id: subnet for subnet in backend.ec2_backend.describe_subnets()}
    for missing in (subnet for subnet in ids if subnet not in known):
        refuse("SubnetNotFound", f"The subnet ID '{missing}' does not exist")
    zones = [known[subnet].availability_zone for subnet in ids]
    if len(ids) < MIN_SUBNETS:
        refuse("ValidationError", "At least two subnets in two different Availability Zones must be specified")
    if len(set(zones)) < len(zones):
        text = "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        refuse("InvalidConfigurationRequest", text)
    if len({known[subnet].vpc_id for subnet in ids}) > 1:
        refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC")


def check_security_groups(backend: Any, ids: list[str]) -> None:
    """Refuse security groups that do not exist."""
    if not all(backend.ec2_backend.get_security_group_from_id(group) for group in ids):
        refuse("InvalidConfigurationRequest", "One or more security groups are invalid")


def default_security_groups(backend: Any, vpc: str) -> list[str]:
    """What a load balancer gets that names none: the default one of its VPC."""
    return [
        group.id
        for group in backend.ec2_backend.describe_security_groups()
        if (group.name, group.vpc_id) == ("default", vpc)
    ]


def settings(request: dict[str, Any]) -> dict[str, Any]:
    """What must be the same for a second CreateLoadBalancer to be taken for a repetition."""
    return {
        key: sorted(map(str, value)) if isinstance(value := request.get(key), list) else value
        for key in SETTINGS
        if request.get(key)
    }


def dns_name(name: str, scheme: str, region: str) -> str:
    """A new name: its digits tell it from those of every load balancer before."""
    digits = 10**9 + secrets.randbelow(9 * 10**9)
    prefix = "internal-" if scheme == "internal" else ""
    return f"{prefix}{name}-{digits}.{region}.elb.amazonaws.com".lower()


def found(name: str) -> list[tuple[Any, Any]]:
    """The Application Load Balancers with this name or DNS name, each with its moto backend."""
    return [
        (backend, balancer)
        for backend in _backends()
        for balancer in list(backend.load_balancers.values())
        if name in (balancer.dns_name, balancer.name) and balancer.type == "application"
    ]


def _backends() -> Iterator[Any]:
    """Those in use. Nobody has a load balancer before moto's module is loaded, and that takes a second and 140 MB."""
    models = sys.modules.get("moto.elbv2.models")
    accounts = list(getattr(models, "elbv2_backends", {}).values())
    return (backend for regions in accounts for backend in list(regions.values()))
