"""Network interfaces of interface endpoints, where moto 5.1.54 differs from AWS.

moto gives them an address outside their subnet and not the endpoint's security groups, and LocalStack 2026.3.0 drops the
security groups of ModifyVpcEndpoint, and makes no routes there.
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

from typing import Any

from localstack.services.ec2.provider import Ec2Provider, get_ec2_backend
from localstack.utils.patch import patch
from moto.ec2.models.vpcs import VPCBackend


def apply() -> None:
    """Correct it; once in a server's life, before EC2 is first used."""
    patch(VPCBackend.create_vpc_endpoint)(_create)
    patch(Ec2Provider.modify_vpc_endpoint)(_modify)


def _create(original: Any, self: Any, **request: Any) -> Any:
    """LocalStack, which has patched the same, calls it by the names of the parameters."""
    endpoint, backend = original(self, **request), self
    endpoint.vpc_endpoint_type = endpoint.vpc_endpoint_type or "Gateway"
    if endpoint.network_interface_ids and not endpoint.security_group_ids:
        default = backend.get_security_group_from_name("default", endpoint.vpc_id)
        endpoint.security_group_ids = [default.id] if default else []
    for identifier in endpoint.network_interface_ids:
        _place(backend.enis[identifier], endpoint)
    _guard(backend, endpoint)
    return endpoint


def _place(interface: Any, endpoint: Any) -> None:
    """Give an interface an address of its subnet, and show what it belongs to."""
    address = interface.subnet.get_available_subnet_ip(interface)
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    interface.description = f"VPC Endpoint Interface {endpoint.id}"
    interface.interface_type = "vpc_endpoint"
    interface.requester_managed = True
    interface.status = "in-use"


def _guard(backend: Any, endpoint: Any) -> None:
    groups = [backend.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    for identifier in endpoint.network_interface_ids:
        backend.enis[identifier]._group_set = [group for group in groups if group]


def _modify(original: Any, provider: Any, context: Any, **request: Any) -> Any:
    answer = original(provider, context, **request)
    backend: Any = get_ec2_backend(context.account_id, context.region)
    endpoint = backend.vpc_end_points[request["vpc_endpoint_id"]]
    removed = request.get("remove_security_group_ids") or []
    kept = [group for group in endpoint.security_group_ids if group not in removed]
    endpoint.security_group_ids = list(dict.fromkeys([*kept, *(request.get("add_security_group_ids") or [])]))
    _guard(backend, endpoint)
    _route(backend, endpoint, request)
    return answer


def _route(backend: Any, endpoint: Any, request: Any) -> None:
    """A gateway endpoint is a route in each of its tables."""
    destination = endpoint.destination_prefix_list_id
    for table in request.get("add_route_table_ids") or []:
        backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=destination)
    for table in request.get("remove_route_table_ids") or []:
        backend.delete_route(table, destination)
