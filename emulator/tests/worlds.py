"""A VPC for the analysis of reachability, to be changed case by case.

Functions are in a private subnet that has a route to a NAT gateway in a public one; a database is in a third subnet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from localstack_dockerless.reachability import Attached, Place, Service
from localstack_dockerless.reachability.model import (
    Acl,
    AclEntry,
    Endpoint,
    Group,
    GroupRule,
    Interface,
    Kind,
    NatGateway,
    Network,
    Peering,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)

ANY, ANY_IPV6 = "0.0.0.0/0", "::/0"
LOCAL = Route("10.0.0.0/16", "local", Kind.LOCAL)
TO_NAT = Route(ANY, "nat-1", Kind.NAT_GATEWAY)
TO_IGW = Route(ANY, "igw-1", Kind.INTERNET_GATEWAY)
TO_EIGW = Route(ANY_IPV6, "eigw-1", Kind.EGRESS_ONLY)
TO_PEER = Route("10.9.0.0/16", "pcx-1", Kind.PEERING)
BACK = Route("10.0.0.0/16", "pcx-1", Kind.PEERING)
S3_LIST = "pl-s3"
DATABASE, INTERNET, INTERNET_IPV6 = Place("10.0.2.20", 5432), Place("198.51.100.7", 443), Place("2001:db8::7", 443)
PEER = Place("10.9.0.20", 5432)
S3, SQS = Service("s3"), Service("sqs")


def out(peer: str = ANY, ports: tuple[int, int] | None = None, protocol: str = "-1") -> GroupRule:
    return GroupRule(True, peer, protocol, ports)


def into(peer: str, ports: tuple[int, int] | None = None, protocol: str = "tcp") -> GroupRule:
    return GroupRule(False, peer, protocol, ports)


def entry(number: int, egress: bool, allow: bool, cidr: str = ANY, **rest) -> AclEntry:
    return AclEntry(number, egress, allow, cidr, **rest)


OPEN = (entry(100, True, True), entry(100, False, True), entry(32767, True, False), entry(32767, False, False))
S3_GATEWAY = Endpoint("vpce-gateway", "s3", gateway=True, tables=("rtb-private",), policy="policy of s3")
SQS_INTERFACE = Endpoint(
    "vpce-sqs", "sqs", gateway=False, interfaces=("eni-sqs",), private_names=True, policy="policy of sqs"
)


@dataclass(frozen=True)
class World:
    """What can be changed."""

    private: tuple[Route, ...] = (LOCAL, TO_NAT)
    public: tuple[Route, ...] = (LOCAL, TO_IGW)
    data: tuple[Route, ...] = (LOCAL,)
    acl_private: tuple[AclEntry, ...] = OPEN
    acl_public: tuple[AclEntry, ...] = OPEN
    acl_data: tuple[AclEntry, ...] = OPEN
    function: tuple[GroupRule, ...] = (out(),)
    database: tuple[GroupRule, ...] = (into("sg-function", (5432, 5432)),)
    endpoint: tuple[GroupRule, ...] = (into("10.0.0.0/16", (443, 443)),)
    nats: tuple[NatGateway, ...] = (NatGateway("nat-1", "subnet-public", "10.0.0.5"),)
    gateways: frozenset[str] = frozenset({"igw-1", "eigw-1"})
    endpoints: tuple[Endpoint, ...] = ()
    home: str = "subnet-private"
    ipv6: bool = False
    names: bool = True
    peerings: tuple[Peering, ...] = ()
    peer_routes: tuple[Route, ...] = (Route("10.9.0.0/16", "local", Kind.LOCAL), BACK)
    interfaces: tuple[Interface, ...] = field(default=())

    def but(self, **changes) -> World:
        return replace(self, **changes)

    def source(self) -> Attached:
        return Attached(self._network(), "vpc-1", "eni-function", self.ipv6)

    def _network(self) -> Network:
        return Network(
            {"vpc-1": self._vpc(), "vpc-2": self._peer()},
            self.peerings,
            {S3_LIST: ("52.216.0.0/15", "3.5.0.0/19")},
            {"s3": S3_LIST},
        )

    def _vpc(self) -> Vpc:
        address = "10.0.1.10" if self.home == "subnet-private" else "10.0.0.10"
        interfaces = (
            Interface("eni-function", self.home, address, ("sg-function",)),
            Interface("eni-database", "subnet-data", "10.0.2.20", ("sg-database",)),
            Interface("eni-beside", "subnet-private", "10.0.1.20", ("sg-database",)),
            Interface("eni-sqs", "subnet-data", "10.0.2.30", ("sg-endpoint",)),
            *self.interfaces,
        )
        subnets = (
            Subnet("subnet-private", "10.0.1.0/24", "rtb-private", "acl-private", "2001:db8:1::/64"),
            Subnet("subnet-public", "10.0.0.0/24", "rtb-public", "acl-public"),
            Subnet("subnet-data", "10.0.2.0/24", "rtb-data", "acl-data"),
        )
        return Vpc(
            "vpc-1",
            ("10.0.0.0/16",),
            {one.id: one for one in subnets},
            {f"rtb-{name}": RouteTable(f"rtb-{name}", getattr(self, name)) for name in ("private", "public", "data")},
            {f"acl-{name}": Acl(f"acl-{name}", getattr(self, f"acl_{name}")) for name in ("private", "public", "data")},
            {f"sg-{name}": Group(f"sg-{name}", getattr(self, name)) for name in ("function", "database", "endpoint")},
            {one.id: one for one in interfaces},
            {nat.id: nat for nat in self.nats},
            self.endpoints,
            self.gateways,
            self.names,
        )

    def _peer(self) -> Vpc:
        return Vpc(
            "vpc-2",
            ("10.9.0.0/16",),
            {"subnet-peer": Subnet("subnet-peer", "10.9.0.0/24", "rtb-peer", "acl-peer")},
            {"rtb-peer": RouteTable("rtb-peer", self.peer_routes)},
            {"acl-peer": Acl("acl-peer", OPEN)},
            {"sg-peer": Group("sg-peer", (into("sg-function", (5432, 5432)),))},
            {"eni-peer": Interface("eni-peer", "subnet-peer", "10.9.0.20", ("sg-peer",))},
        )
