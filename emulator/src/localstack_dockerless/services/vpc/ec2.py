"""What the owner of a function sees in EC2, where moto 5.1.54 differs from AWS.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-enis
"""

from __future__ import annotations

import random
from typing import Any

from localstack.utils.patch import Patch, patch
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, OperationNotPermitted
from moto.ec2.models import elastic_network_interfaces
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

ATTACHMENT = "attachment."


def apply() -> None:
    """Correct it; once in a server's life, before EC2 is first used."""
    Patch(elastic_network_interfaces, "random_mac_address", _mac_address).apply()
    patch(NetworkInterface.get_filter_value)(_filter_value)
    patch(SecurityGroupBackend._delete_security_group)(_delete_security_group)
    patch(SubnetBackend.delete_subnet)(_delete_subnet)
    patch(NatGatewayBackend.create_nat_gateway)(_create_nat_gateway)
    patch(NatGatewayBackend.delete_nat_gateway)(_delete_nat_gateway)
    # The requests of users only: services remove their interfaces past these.
    patch(ElasticNetworkInterfaces.delete_network_interface)(_delete_interface)
    patch(ElasticNetworkInterfaces.detach_network_interface)(_detach_interface)
    patch(ElasticNetworkInterfaces.modify_network_interface_attribute)(_modify_interface)


def _mac_address() -> str:
    """Six pairs of digits; moto's have the letters of a format string between them."""
    return "02:" + ":".join(f"{random.randrange(256):02x}" for _ in range(5))  # noqa: S311 - no secret


def belongs_to_a_service(interface: Any) -> bool:
    """Whether it hangs on something of AWS itself, such as functions or a mount target."""
    return bool(interface.interface_type == "lambda" or interface.requester_managed)


def _filter_value(original: Any, interface: NetworkInterface, name: str, *args: Any) -> Any:
    """Filters such as attachment.status, which moto does not know."""
    if name.startswith(ATTACHMENT):
        return getattr(interface.attachment, name.removeprefix(ATTACHMENT).replace("-", "_"), "")
    return original(interface, name, *args)


def _delete_security_group(original: Any, backend: Any, vpc_id: str | None, group_id: str) -> Any:
    for interface in list(backend.enis.values()):
        if belongs_to_a_service(interface) and group_id in {group.id for group in interface.group_set}:
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(backend, vpc_id, group_id)


def _delete_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
    for interface in list(backend.enis.values()):
        if belongs_to_a_service(interface) and interface.subnet.id == subnet_id:
            raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    deleted = original(backend, subnet_id)
    for table in list(backend.route_tables.values()):  # otherwise the table could never be deleted
        for association in [name for name, subnet in table.associations.items() if subnet == subnet_id]:
            del table.associations[association]
    return deleted


def _create_nat_gateway(
    original: Any, backend: Any, *args: Any, connectivity_type: str | None = None, **more: Any
) -> Any:
    """A public one unless something else is said."""
    return original(backend, *args, connectivity_type=connectivity_type or "public", **more)


def _delete_nat_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    """Its network interface goes with it, and its address is free for another."""
    deleted = original(backend, nat_gateway_id)
    for address in list(backend.addresses):
        if address.eni and address.eni.id == deleted._eni.id:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(deleted._eni.id, None)
    return deleted


def _delete_interface(original: Any, request: Any) -> Any:
    identifier = request._get_param("NetworkInterfaceId")
    if _is_a_services(request, identifier):
        raise EC2ClientError("InvalidParameterValue", f"Network interface '{identifier}' is currently in use.")
    return original(request)


def _detach_interface(original: Any, request: Any) -> Any:
    if str(request._get_param("AttachmentId")).startswith("ela-attach"):
        raise OperationNotPermitted("You are not allowed to manage 'ela-attach' attachments.")
    return original(request)


def _modify_interface(original: Any, request: Any) -> Any:
    if _is_a_services(request, request._get_param("NetworkInterfaceId")):
        raise EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")
    return original(request)


def _is_a_services(request: Any, identifier: str) -> bool:
    interface = request.ec2_backend.enis.get(identifier)
    return bool(interface and belongs_to_a_service(interface))
