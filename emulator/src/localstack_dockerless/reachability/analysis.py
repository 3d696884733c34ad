"""The way of a connection from an execution environment to a target, hop by hop.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from localstack_dockerless.reachability.filters import EPHEMERAL, Peer, check_acl, check_groups, contains, lists_with
from localstack_dockerless.reachability.model import (
    Attached,
    Endpoint,
    Interface,
    Kind,
    NatGateway,
    Network,
    Place,
    Route,
    Service,
    Subnet,
    Unattached,
    Vpc,
)
from localstack_dockerless.reachability.verdict import Blocked, Code, Hop, Verdict

LAMBDA = "Lambda's own network"
INTERNET = "the internet"
PUBLIC = "52.94.0.1"
"""An address that stands for those of AWS's public endpoints, which are many and change."""


def analyze(source: Attached | Unattached, target: Service | Place) -> Verdict:
    """Follow a TCP connection from where it starts to its target.

    Args:
        source: an execution environment.
        target: an AWS service, or a place in a VPC or on the internet.
    """
    if isinstance(source, Unattached):
        return _from_lambda(target)
    path = _Path(source)
    try:
        return path.follow(target)
    except Blocked as end:
        return Verdict((*path.hops, end.hop))


def _from_lambda(target: Service | Place) -> Verdict:
    """Without a VPC there is the internet, by IPv4, and no private network."""
    function = Hop("function", "not attached to a VPC: it runs in Lambda's own network")
    if isinstance(target, Service):
        return Verdict((function, Hop(LAMBDA, "it has internet access"), _public(target)))
    address = ip_address(target.address)
    if is_private(target.address):
        text = f"it has no route to private addresses such as {target.address}"
        return Verdict((function, Hop(LAMBDA, text, Code.NO_ROUTE)))
    if address.version != 4:  # noqa: PLR2004 - IP versions
        return Verdict((function, Hop(LAMBDA, "it has no IPv6", Code.NO_ROUTE)))
    return Verdict((function, Hop(LAMBDA, "it has internet access"), Hop(INTERNET, f"{target.address}:{target.port}")))


_PRIVATE_IPV4 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
_OWN = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::/127", "fe80::/10")
PRIVATE = tuple(map(ip_network, (*_PRIVATE_IPV4, "fc00::/7", *_OWN)))


def is_private(address: str) -> bool:
    """Whether no public network routes an address: RFC 1918, RFC 6598, RFC 4193, and those within a machine or a link."""
    found = ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found.version == block.version and found in block for block in PRIVATE)


def _public(target: Service) -> Hop:
    return Hop(target.name, "public endpoint of the service")


class _Path:
    """The way so far.

    Args:
        source: where it starts.
    """

    def __init__(self, source: Attached) -> None:
        self._source = source
        self._network: Network = source.network
        self._vpc: Vpc = source.network.vpcs[source.vpc]
        self.hops: list[Hop] = []

    def follow(self, target: Service | Place) -> Verdict:
        """Go to the target.

        Raises:
            Blocked: the way ends before.
        """
        interface = self._vpc.interfaces.get(self._source.interface)
        if interface is None or interface.subnet not in self._vpc.subnets:
            raise Blocked("function", Code.BAD_STATE, "its network interface is gone")
        self.hops.append(
            Hop(interface.id, f"network interface of the function in {interface.subnet} of {self._vpc.id}")
        )
        if isinstance(target, Service):
            return self._to_service(interface, target)
        self._to_place(interface, target)
        return Verdict(tuple(self.hops))

    def _to_service(self, interface: Interface, target: Service) -> Verdict:
        endpoint = next((one for one in self._vpc.endpoints if self._takes_over(one, target)), None)
        if endpoint:
            where = self._nearest(endpoint, interface)
            self.hops.append(
                Hop(endpoint.id, f"interface endpoint for {target.name}: its name leads to {where.address}")
            )
            self._to_place(interface, Place(where.address, target.port))
            return Verdict(tuple(self.hops), endpoint.id, endpoint.policy)
        prefix_list = self._network.services.get(target.name, "")
        cidrs = self._network.prefix_lists.get(prefix_list) or (f"{PUBLIC}/32",)
        place = Place(_first_address(cidrs), target.port)
        gateway = self._to_place(interface, place, target)
        self.hops.append(_public(target))
        return Verdict(tuple(self.hops), gateway.id if gateway else "", gateway.policy if gateway else "")

    def _takes_over(self, endpoint: Endpoint, target: Service) -> bool:
        names = endpoint.private_names and self._vpc.resolves_names
        present = any(one in self._vpc.interfaces for one in endpoint.interfaces)
        return not endpoint.gateway and endpoint.service == target.name and names and present

    def _nearest(self, endpoint: Endpoint, interface: Interface) -> Interface:
        found = [self._vpc.interfaces[one] for one in endpoint.interfaces if one in self._vpc.interfaces]
        return next((one for one in found if one.subnet == interface.subnet), found[0])

    def _to_place(self, interface: Interface, place: Place, service: Service | None = None) -> Endpoint | None:
        """Leave the interface and go where the route table says; the gateway endpoint on the way, if there is one."""
        subnet = self._vpc.subnets[interface.subnet]
        found = next((one for one in self._interfaces() if place.address in (one.address, one.ipv6)), None)
        groups = found.groups if found else ()
        peer = Peer(place.address, groups, lists_with(self._network, place.address))
        self.hops.append(check_groups(self._vpc, interface, peer, place.port, egress=True))
        gateway = self._gateway_endpoint(subnet, service)
        if gateway:
            self._leave(subnet, place)
            self.hops.append(Hop(gateway.id, f"gateway endpoint for {gateway.service}, by a route of {subnet.table}"))
            self._answered(subnet, place.address)
            return gateway
        route = self._route(self._vpc, subnet, place.address)
        if not self._is_within(subnet, place.address):
            self._leave(subnet, place)
        self._take(route, interface, subnet, place)
        if not self._is_within(subnet, place.address):
            self._answered(subnet, place.address)
        return None

    def _interfaces(self) -> list[Interface]:
        peered = {name for one in self._network.peerings if self._vpc.id in one.vpcs for name in one.vpcs}
        vpcs = [vpc for name, vpc in self._network.vpcs.items() if name in peered | {self._vpc.id}]
        return [interface for vpc in vpcs for interface in vpc.interfaces.values()]

    def _gateway_endpoint(self, subnet: Subnet, service: Service | None) -> Endpoint | None:
        """Its route is to the service's prefix list, which is more specific than any other to there."""
        fitting = (one for one in self._vpc.endpoints if one.gateway and service and one.service == service.name)
        return next((one for one in fitting if subnet.table in one.tables), None)

    @staticmethod
    def _is_within(subnet: Subnet, address: str) -> bool:
        return any(contains(cidr, address) for cidr in (subnet.cidr, subnet.ipv6) if cidr)

    def _leave(self, subnet: Subnet, place: Place) -> None:
        acl = self._vpc.acls.get(subnet.acl)
        self.hops.append(check_acl(acl, place.address, (place.port, place.port), egress=True))

    def _answered(self, subnet: Subnet, address: str) -> None:
        """Network ACLs remember nothing: the answer has to be let in, too."""
        self.hops.append(check_acl(self._vpc.acls.get(subnet.acl), address, EPHEMERAL, egress=False, answer=True))

    def _route(self, vpc: Vpc, subnet: Subnet, address: str) -> Route:
        """The most specific route to an address.

        Raises:
            Blocked: there is none, or its target is gone.
        """
        table = vpc.tables.get(subnet.table)
        found = [
            (block.prefixlen, route.kind is Kind.LOCAL, route)
            for route in (table.routes if table else ())
            for block in self._blocks(route)
            if contains(str(block), address)
        ]
        if not found:
            raise Blocked(subnet.table, Code.NO_ROUTE, f"route table of {subnet.id}: it has no route to {address}")
        route = max(found, key=lambda one: one[:2])[2]
        text = f"route table of {subnet.id}: {route.destination} leads to {route.target}"
        if not route.active:
            raise Blocked(subnet.table, Code.BAD_STATE_ROUTE, f"{text}, which is gone (blackhole)")
        self.hops.append(Hop(subnet.table, text))
        return route

    def _blocks(self, route: Route) -> list[IPv4Network | IPv6Network]:
        return [
            ip_network(cidr, strict=False)
            for cidr in self._network.prefix_lists.get(route.destination, (route.destination,))
            if "/" in cidr
        ]

    def _take(self, route: Route, interface: Interface, subnet: Subnet, place: Place) -> None:
        match route.kind:
            case Kind.LOCAL:
                self._arrive(self._vpc, interface, subnet, place)
            case Kind.NAT_GATEWAY:
                self._translate(route, interface, subnet, place)
            case Kind.INTERNET_GATEWAY | Kind.EGRESS_ONLY:
                self._to_gateway(route, interface, place)
            case Kind.PEERING:
                self._to_peer(route, interface, subnet, place)
            case _:
                raise Blocked(route.target, Code.UNKNOWN_DESTINATION, "what is beyond it is not known here")

    def _to_gateway(self, route: Route, interface: Interface, place: Place) -> None:
        """Functions have no public IPv4 address, whatever their subnet; IPv6 addresses are public by themselves."""
        if route.target not in self._vpc.gateways:
            raise Blocked(
                route.target, Code.BAD_STATE_ATTACHMENT, f"{route.kind}: it is not attached to {self._vpc.id}"
            )
        if ip_address(place.address).version == 6:  # noqa: PLR2004 - IP versions
            if not (self._source.ipv6 and self._vpc.subnets[interface.subnet].ipv6):
                text = f"{route.kind}: the function has no IPv6 address (Ipv6AllowedForDualStack)"
                raise Blocked(route.target, Code.IGW_PUBLIC_IP, text)
            self.hops.append(Hop(route.target, f"{route.kind} to the internet, by IPv6"))
            return
        text = f"{route.kind}: the function's network interface has no public IPv4 address, in a public subnet neither"
        raise Blocked(route.target, Code.IGW_PUBLIC_IP, text)

    def _translate(self, route: Route, interface: Interface, subnet: Subnet, place: Place) -> None:
        nat = self._vpc.nats.get(route.target)
        if nat is None or not nat.available or nat.subnet not in self._vpc.subnets:
            raise Blocked(route.target, Code.BAD_STATE, "NAT gateway: it is not available")
        home = self._vpc.subnets[nat.subnet]
        acl, port = self._vpc.acls.get(home.acl), (place.port, place.port)
        if home.id != subnet.id:
            self.hops.append(check_acl(acl, interface.address, port, egress=False))
        kind = "public" if nat.public else "private"
        self.hops.append(Hop(nat.id, f"{kind} NAT gateway in {home.id}: it sends from {nat.address}"))
        self._beyond(nat, home, place)
        self.hops.append(check_acl(acl, place.address, port, egress=True))
        self.hops.append(check_acl(acl, place.address, EPHEMERAL, egress=False, answer=True))
        if home.id != subnet.id:
            self.hops.append(check_acl(acl, interface.address, EPHEMERAL, egress=True, answer=True))

    def _beyond(self, nat: NatGateway, home: Subnet, place: Place) -> None:
        """From the NAT gateway's subnet to the internet gateway."""
        route = self._route(self._vpc, home, place.address)
        if route.kind is not Kind.INTERNET_GATEWAY:
            text = f"route table of {home.id}: the NAT gateway's subnet has no route to an internet gateway"
            raise Blocked(home.table, Code.NO_ROUTE, text)
        if route.target not in self._vpc.gateways:
            raise Blocked(
                route.target, Code.BAD_STATE_ATTACHMENT, f"{route.kind}: it is not attached to {self._vpc.id}"
            )
        if not nat.public:
            raise Blocked(
                route.target, Code.IGW_PUBLIC_IP, f"{route.kind}: a private NAT gateway has no public address"
            )
        self.hops.append(Hop(route.target, f"{route.kind} to the internet"))

    def _to_peer(self, route: Route, interface: Interface, subnet: Subnet, place: Place) -> None:
        peering = next((one for one in self._network.peerings if one.id == route.target), None)
        other = next((name for name in peering.vpcs if name != self._vpc.id), "") if peering else ""
        if other not in self._network.vpcs:
            raise Blocked(route.target, Code.BAD_STATE, "VPC peering connection: it is not active")
        peer = self._network.vpcs[other]
        if not any(contains(cidr, place.address) for cidr in peer.cidrs):
            text = f"VPC peering connection: {place.address} is not in {peer.id}, and it leads no further"
            raise Blocked(route.target, Code.PEERING_ADDRESS, text)
        self.hops.append(Hop(route.target, f"VPC peering connection to {peer.id}"))
        found = self._arrive(peer, interface, subnet, place)
        back = self._route(peer, peer.subnets[found.subnet], interface.address)
        if back.target != route.target:
            text = f"route table of {found.subnet}: it has no route back to {interface.address}"
            raise Blocked(peer.subnets[found.subnet].table, Code.NO_ROUTE, text)

    def _arrive(self, vpc: Vpc, interface: Interface, subnet: Subnet, place: Place) -> Interface:
        """Enter the subnet of the target, and its network interface."""
        found = next((one for one in vpc.interfaces.values() if place.address in (one.address, one.ipv6)), None)
        if found is None:
            text = f"no network interface in {vpc.id} has the address {place.address}"
            raise Blocked(vpc.id, Code.NO_POSSIBLE_DESTINATION, text)
        home = vpc.subnets[found.subnet]
        outside = home.id != subnet.id
        if outside:
            port = (place.port, place.port)
            self.hops.append(check_acl(vpc.acls.get(home.acl), interface.address, port, egress=False))
        peer = Peer(interface.address, interface.groups, lists_with(self._network, interface.address))
        self.hops.append(check_groups(vpc, found, peer, place.port, egress=False))
        self.hops.append(Hop(found.id, f"network interface {place.address} in {home.id}"))
        if outside:
            acl = vpc.acls.get(home.acl)
            self.hops.append(check_acl(acl, interface.address, EPHEMERAL, egress=True, answer=True))
        return found


def _first_address(cidrs: tuple[str, ...]) -> str:
    block = ip_network(cidrs[0], strict=False)
    return str(block.network_address + (1 if block.num_addresses > 1 else 0))
