"""Hyperplane network interfaces: one for each subnet and set of security groups, whoever uses it.

Which of them are needed is read from the functions each time, so there is nothing to keep in step. On AWS it takes minutes
until an interface is made, and up to twenty until it is removed; here both happen before the function's status says so.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-enis
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api.lambda_ import StateReasonCode
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion
from localstack.services.lambda_.invocation.models import lambda_stores
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from localstack_dockerless.services.network.state import STATE

Key = tuple[str, frozenset[str]]
"""A subnet and a set of security groups."""

_lock = threading.Lock()


class CannotAttach(Exception):  # noqa: N818 - what happened to the function
    """There can be no network interface; the message is the function's StateReason."""

    def __init__(self, code: StateReasonCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class ServiceAttachment:
    """How an interface hangs on something of AWS itself, as EC2 shows it."""

    attach_time: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachment_id: str = field(default_factory=lambda: f"ela-attach-0{uuid.uuid4().hex[:16]}")
    delete_on_termination: bool = False
    device_index: int = 1
    instance_owner_id: str = "amazon-aws"
    status: str = "attached"


class HyperplaneInterface(NetworkInterface):
    """A network interface of interface type lambda.

    The execution role asks for it, not a service of AWS: that is why it is not "requester managed", and why the
    requester is a role and the account.
    """

    def __init__(self, backend: Any, subnet: Any, groups: list[str], function: str) -> None:
        address = subnet.get_available_subnet_ip(self)
        description = f"AWS Lambda VPC ENI-{function}-{uuid.uuid4()}"
        super().__init__(backend, subnet, address, group_ids=groups, description=description)
        self.interface_type = "lambda"
        self.requester_id = f"AROA{uuid.uuid4().hex[:17].upper()}:{backend.account_id}"
        self.status = "in-use"
        self._attachment = ServiceAttachment()

    @property
    def attachment(self) -> Any:
        """Always the same; moto's would belong to an instance."""
        return self._attachment

    @property
    def key(self) -> Key:
        """What it is for."""
        return self.subnet.id, frozenset(group.id for group in self._group_set)


def keys(version: FunctionVersion) -> set[Key]:
    """What a version needs; nothing without a VPC."""
    vpc = version.config.vpc_config
    return {(subnet, frozenset(vpc.security_group_ids)) for subnet in vpc.subnet_ids} if vpc else set()


def attach(version: FunctionVersion) -> None:
    """Make the interfaces that a version needs and that do not exist yet.

    Raises:
        CannotAttach: a subnet is gone or full, or a security group is gone.
    """
    wanted = keys(version)
    if not wanted:
        return
    backend = ec2_backends[version.id.account][version.id.region]
    with _lock:
        for subnet, groups in wanted - _present(backend).keys():
            interface = _make(backend, subnet, sorted(groups), version.id.function_name)
            backend.enis[interface.id] = interface
            STATE.changed()


def release(account: str, region: str) -> None:
    """Remove the interfaces that no version of any function needs any more."""
    if region not in ec2_backends[account].keys():  # noqa: SIM118 - `in` alone is true for every region there is
        return
    backend = ec2_backends[account][region]
    with _lock:
        present = _present(backend)
        for key in present.keys() - (_needed(account, region) if present else set()):
            interface = backend.enis.pop(present[key].id)
            interface.subnet.del_subnet_ip(interface.private_ip_address)
            STATE.changed()


def identifier(account: str, region: str, wanted: Key) -> str:
    """The ID of an interface; empty when there is none."""
    found = _present(ec2_backends[account][region]).get(wanted)
    return found.id if found else ""


def _present(backend: Any) -> dict[Key, HyperplaneInterface]:
    return {eni.key: eni for eni in list(backend.enis.values()) if isinstance(eni, HyperplaneInterface)}


def _needed(account: str, region: str) -> set[Key]:
    functions = list(lambda_stores[account][region].functions.values())
    return {key for function in functions for version in list(function.versions.values()) for key in keys(version)}


def _make(backend: Any, subnet: str, groups: list[str], function: str) -> HyperplaneInterface:
    for group in groups:  # moto would invent a missing one
        if not backend.get_security_group_from_id(group):
            raise CannotAttach(StateReasonCode.InvalidSecurityGroup, f"The security group {group} does not exist.")
    try:
        # moto leaves what its classes need for CloudFormation abstract, and makes instances of them all the same.
        return HyperplaneInterface(backend, backend.get_subnet(subnet), groups, function)  # type: ignore[abstract]
    except EC2ClientError as error:
        raise CannotAttach(StateReasonCode.InvalidSubnet, f"The subnet {subnet} does not exist.") from error
    except StopIteration as error:  # moto's word for it
        reason = f"The subnet {subnet} has no IP addresses left."
        raise CannotAttach(StateReasonCode.SubnetOutOfIPAddresses, reason) from error
