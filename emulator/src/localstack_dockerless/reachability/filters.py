"""What lets packets through or not: security groups, which remember connections, and network ACLs, which do not.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from localstack_dockerless.reachability.model import TCP, Acl, AclEntry, Group, GroupRule, Interface, Network, Vpc
from localstack_dockerless.reachability.verdict import Blocked, Code, Hop

EPHEMERAL = (1024, 65535)
"""The ports that answers go to: of Lambda functions, and of NAT gateways.
https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"""
Ports = tuple[int, int]


@dataclass(frozen=True)
class Peer:
    """The other end of a connection, as a rule sees it.

    Args:
        groups: its security groups; none where they are not known, as beyond a gateway.
        prefix_lists: IDs of those it is in.
    """

    address: str
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


def contains(cidr: str, address: str) -> bool:
    """Whether an address is in a CIDR block; one of the other version never is."""
    found, block = ip_address(address), ip_network(cidr, strict=False)
    return found.version == block.version and found in block


def lists_with(network: Network, address: str) -> tuple[str, ...]:
    """The IDs of the prefix lists that an address is in."""
    return tuple(name for name, cidrs in network.prefix_lists.items() if any(contains(cidr, address) for cidr in cidrs))


def check_groups(vpc: Vpc, interface: Interface, peer: Peer, port: int, *, egress: bool) -> Hop:
    """Hold a connection to the security groups of an interface; one rule that allows it is enough.

    Raises:
        Blocked: no rule does.
    """
    direction = "outbound" if egress else "inbound"
    way = f"{'to' if egress else 'from'} {peer.address}{' on' if egress else ' to'} port {port}"
    groups = [vpc.groups[name] for name in interface.groups if name in vpc.groups]
    names = ", ".join(group.id for group in groups) or "(no security group)"
    for group in groups:
        if any(_allows(rule, peer, port) for rule in _rules(group, egress=egress)):
            return Hop(group.id, f"security group: an {direction} rule allows TCP {way}")
    if not any(group.rules for group in groups):
        raise Blocked(names, Code.SG_HAS_NO_RULES, "security group: it has no rules")
    raise Blocked(names, Code.ENI_SG_RULES_MISMATCH, f"security group: no {direction} rule allows TCP {way}")


def _rules(group: Group, *, egress: bool) -> Iterable[GroupRule]:
    return (rule for rule in group.rules if rule.egress is egress)


def _allows(rule: GroupRule, peer: Peer, port: int) -> bool:
    if rule.protocol not in TCP or not (rule.ports is None or rule.ports[0] <= port <= rule.ports[1]):
        return False
    if rule.peer in peer.groups or rule.peer in peer.prefix_lists:
        return True
    return "/" in rule.peer and contains(rule.peer, peer.address)


def check_acl(acl: Acl | None, peer: str, ports: Ports, *, egress: bool, answer: bool = False) -> Hop:
    """Hold packets to the network ACL of a subnet, by the number of its rules; the first that matches decides.

    Args:
        acl: the ACL.
        peer: the address outside the subnet.
        ports: destination ports; all of them have to be allowed.
        egress: whether the packets leave the subnet.
        answer: whether these are the answers, for the explanation.

    Raises:
        Blocked: some are denied.
    """
    what = f"{'outbound' if egress else 'inbound'} {'answers' if answer else 'TCP'}"
    where = f"{'to' if egress else 'from'} {peer} on port{'s' if ports[0] < ports[1] else ''} {_written(ports)}"
    if acl is None:
        raise Blocked("(no network ACL)", Code.SUBNET_ACL_RESTRICTION, "network ACL: the subnet has none")
    if not _admits(acl, peer, ports, egress=egress):
        raise Blocked(acl.id, Code.SUBNET_ACL_RESTRICTION, f"network ACL: it does not allow {what} {where}")
    return Hop(acl.id, f"network ACL: it allows {what} {where}")


def _admits(acl: Acl, peer: str, ports: Ports, *, egress: bool) -> bool:
    left = [ports]
    for entry in sorted(acl.entries, key=lambda entry: entry.number):
        if entry.egress is not egress or entry.protocol not in TCP or not contains(entry.cidr, peer):
            continue
        rest = [part for span in left for part in _without(span, entry)]
        if not entry.allow and rest != left:
            return False
        left = rest
    return not left


def _without(ports: Ports, entry: AclEntry) -> list[Ports]:
    """The ports that a rule leaves to the next ones."""
    first, last = entry.ports or (0, 65535)
    parts = [(ports[0], min(ports[1], first - 1)), (max(ports[0], last + 1), ports[1])]
    return [part for part in parts if part[0] <= part[1]]


def _written(ports: Ports) -> str:
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
