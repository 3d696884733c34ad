"""What the analysis looks at: networks as they are configured, who wants to reach something, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LOCAL = "local"
"""The target of the route to the VPC's own addresses."""
TCP = ("6", "tcp", "-1")
"""How rules that apply to TCP name their protocol."""


class Kind(StrEnum):
    """Of what a route leads to."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet gateway"
    NAT_GATEWAY = "NAT gateway"
    EGRESS_ONLY = "egress-only internet gateway"
    PEERING = "VPC peering connection"
    OTHER = "component that is not modelled here"


@dataclass(frozen=True)
class Route:
    """One route of a table; those of gateway endpoints follow from the endpoint.

    Args:
        destination: a CIDR block or the ID of a prefix list.
        target: the ID of what it leads to.
        kind: what that is.
        active: False for a route whose target is gone ("blackhole").
    """

    destination: str
    target: str
    kind: Kind
    active: bool = True


@dataclass(frozen=True)
class RouteTable:
    """A route table."""

    id: str
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class AclEntry:
    """A numbered rule of a network ACL.

    Args:
        ports: first and last one; None for all.
    """

    number: int
    egress: bool
    allow: bool
    cidr: str
    protocol: str = "-1"
    ports: tuple[int, int] | None = None


@dataclass(frozen=True)
class Acl:
    """A network ACL."""

    id: str
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group.

    Args:
        peer: a CIDR block, or the ID of a prefix list or of another security group.
        ports: first and last one; None for all.
    """

    egress: bool
    peer: str
    protocol: str = "-1"
    ports: tuple[int, int] | None = None


@dataclass(frozen=True)
class Group:
    """A security group."""

    id: str
    rules: tuple[GroupRule, ...]


@dataclass(frozen=True)
class Subnet:
    """A subnet, with the IDs of the route table and the network ACL that apply to it."""

    id: str
    cidr: str
    table: str
    acl: str
    ipv6: str = ""


@dataclass(frozen=True)
class Interface:
    """A network interface and what it belongs to ("AWS Lambda VPC ENI...")."""

    id: str
    subnet: str
    address: str
    groups: tuple[str, ...]
    ipv6: str = ""


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway; a private one gives no internet."""

    id: str
    subnet: str
    address: str
    public: bool = True
    available: bool = True


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint.

    Args:
        service: "s3", as in com.amazonaws.us-east-1.s3.
        tables: route tables of a gateway endpoint.
        interfaces: IDs of the network interfaces of an interface endpoint.
        private_names: whether the service's own name leads to these.
        policy: the document; it decides about requests, not about packets.
    """

    id: str
    service: str
    gateway: bool
    tables: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    private_names: bool = False
    policy: str = ""


@dataclass(frozen=True)
class Peering:
    """An active peering connection of two VPCs."""

    id: str
    vpcs: frozenset[str]


@dataclass(frozen=True)
class Vpc:
    """One VPC and what is in it, by ID.

    Args:
        gateways: internet gateways and egress-only ones that are attached.
    """

    id: str
    cidrs: tuple[str, ...]
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    tables: Mapping[str, RouteTable] = field(default_factory=dict)
    acls: Mapping[str, Acl] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    nats: Mapping[str, NatGateway] = field(default_factory=dict)
    endpoints: tuple[Endpoint, ...] = ()
    gateways: frozenset[str] = frozenset()
    resolves_names: bool = True


@dataclass(frozen=True)
class Network:
    """All VPCs of an account in a region.

    Args:
        prefix_lists: the CIDR blocks of each, by ID.
        services: the ID of the prefix list of a service ("s3").
    """

    vpcs: Mapping[str, Vpc]
    peerings: tuple[Peering, ...] = ()
    prefix_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unattached:
    """A function without a VPC: it runs in Lambda's own network."""


@dataclass(frozen=True)
class Attached:
    """An execution environment of a function with a VPC.

    Args:
        interface: the Hyperplane network interface through which it goes.
        ipv6: whether the function allows IPv6 (`Ipv6AllowedForDualStack`).
    """

    network: Network
    vpc: str
    interface: str
    ipv6: bool = False


@dataclass(frozen=True)
class Service:
    """An AWS service, at its public endpoint unless the VPC has one of its own ("s3", "sqs")."""

    name: str
    port: int = 443


@dataclass(frozen=True)
class Place:
    """An address, IPv4 or IPv6, and a TCP port."""

    address: str
    port: int
