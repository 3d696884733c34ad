"""The networks of an account as moto's EC2 has them, in the words of `reachability`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localstack_dockerless.reachability import model
from localstack_dockerless.reachability.model import Kind


def take(account: str, region: str) -> model.Network:
    """All of it as it is now."""
    from moto.ec2.models import ec2_backends

    backend: Any = ec2_backends[account][region]
    interfaces = {eni.id: eni for eni in _all(backend.enis)}
    return model.Network(
        vpcs={vpc.id: _vpc(backend, vpc, interfaces) for vpc in _all(backend.vpcs)},
        peerings=tuple(
            model.Peering(one.id, frozenset((one.vpc.id, one.peer_vpc.id)))
            for one in _all(backend.vpc_pcxs)
            if one._status.code == "active"
        ),
        prefix_lists={one.id: _cidrs(one) for one in _all(backend.managed_prefix_lists)},
        services={
            _service(one.prefix_list_name): one.id
            for one in _all(backend.managed_prefix_lists)
            if str(one.prefix_list_name).startswith(f"com.amazonaws.{region}.")
        },
    )


def _all(found: dict[str, Any]) -> list[Any]:
    """As other threads may be changing it."""
    return list(found.values())


def _service(name: str) -> str:
    """What "com.amazonaws.us-east-1.s3" ends with."""
    return ".".join(name.split(".")[3:])


def _cidrs(prefix_list: Any) -> tuple[str, ...]:
    """Those of the newest version; the lists of AWS have entries, but no version."""
    newest = max(prefix_list.entries, default=None)
    return tuple(entry["Cidr"] for entry in prefix_list.entries.get(newest, ()))


def _vpc(backend: Any, vpc: Any, interfaces: dict[str, Any]) -> model.Vpc:
    subnets = [subnet for zone in _all(backend.subnets) for subnet in _all(zone) if subnet.vpc_id == vpc.id]
    tables = [table for table in _all(backend.route_tables) if table.vpc_id == vpc.id]
    acls = [acl for acl in _all(backend.network_acls) if acl.vpc_id == vpc.id]
    igws = [one for one in _all(backend.internet_gateways) if one.vpc and one.vpc.id == vpc.id]
    egress_only = [one for one in _all(backend.egress_only_internet_gateways) if one.vpc_id == vpc.id]
    return model.Vpc(
        vpc.id,
        tuple(str(one["cidr_block"]) for one in vpc.get_cidr_block_association_set()) or (vpc.cidr_block,),
        {subnet.id: _subnet(subnet, tables, acls) for subnet in subnets},
        {table.id: model.RouteTable(table.id, tuple(_routes(backend, table, vpc))) for table in tables},
        {acl.id: model.Acl(acl.id, tuple(_entries(acl))) for acl in acls},
        {group.id: model.Group(group.id, tuple(_rules(group))) for group in _all(backend.groups.get(vpc.id, {}))},
        {eni.id: _interface(eni) for eni in interfaces.values() if eni.subnet.vpc_id == vpc.id},
        {nat.id: _nat(nat) for nat in _all(backend.nat_gateways) if nat.vpc_id == vpc.id},
        tuple(_endpoint(one) for one in _all(backend.vpc_end_points) if _is_in(one, vpc)),
        frozenset(one.id for one in [*igws, *egress_only]),
        _is_true(vpc.enable_dns_support),
    )


def _is_in(endpoint: Any, vpc: Any) -> bool:
    """Deleted ones are kept for a while."""
    return bool(endpoint.vpc_id == vpc.id and endpoint.state == "available")


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _subnet(subnet: Any, tables: list[Any], acls: list[Any]) -> model.Subnet:
    own = next((table.id for table in tables if subnet.id in table.associations.values()), "")
    main = next((table.id for table in tables if table.main_association_id), "")
    acl = next(
        (acl.id for acl in acls for one in _all(acl.associations) if one.subnet_id == subnet.id),
        next((acl.id for acl in acls if acl.default), ""),
    )
    ipv6 = next((one["ipv6CidrBlock"] for one in subnet.ipv6_cidr_block_association_set), "")
    return model.Subnet(subnet.id, subnet.cidr_block, own or main, acl, ipv6)


def _routes(backend: Any, table: Any, vpc: Any) -> Iterator[model.Route]:
    for route in _all(table.routes):
        prefix_list = route.destination_prefix_list
        destination = route.destination_cidr_block or route.destination_ipv6_cidr_block
        destination = destination or (prefix_list.id if prefix_list else "")
        if not destination or (route.gateway and route.gateway.id.startswith("vpce-")):
            continue  # gateway endpoints know their tables themselves; moto forgets some of these routes
        yield _route(backend, route, destination, vpc)


def _route(backend: Any, route: Any, destination: str, vpc: Any) -> model.Route:
    target, kind, active = _target(backend, route, vpc)
    return model.Route(destination, target, kind, active)


def _target(backend: Any, route: Any, vpc: Any) -> tuple[str, Kind, bool]:
    """The ID of what a route leads to, its kind, and whether it is still there."""
    gateway, nat, peering = route.gateway, route.nat_gateway, route.vpc_pcx
    found = (model.LOCAL, Kind.LOCAL, True)
    if gateway and gateway.id.startswith("igw-"):
        there = gateway.id in backend.internet_gateways and gateway.vpc and gateway.vpc.id == vpc.id
        found = (gateway.id, Kind.INTERNET_GATEWAY, bool(there))
    elif nat:
        found = (nat.id, Kind.NAT_GATEWAY, nat.state == "available")
    elif egress_only := route.egress_only_igw:
        there = egress_only.id in backend.egress_only_internet_gateways
        found = (egress_only.id, Kind.EGRESS_ONLY, there)
    elif peering:
        found = (peering.id, Kind.PEERING, peering._status.code == "active")
    elif not route.local:
        other = gateway or route.transit_gateway or route.interface or route.instance or route.carrier_gateway
        found = (getattr(other, "id", "its target"), Kind.OTHER, True)
    return found


def _ports(first: Any, last: Any) -> tuple[int, int] | None:
    """Moto has -1 or nothing where a rule is for all ports."""
    if first in (None, "", -1, "-1"):
        return None
    return int(first), int(last)


def _entries(acl: Any) -> Iterator[model.AclEntry]:
    for entry in list(acl.network_acl_entries):
        ports = None if str(entry.protocol) == "-1" else _ports(entry.port_range_from, entry.port_range_to)
        for cidr in filter(None, (entry.cidr_block, entry.ipv6_cidr_block)):
            egress, allow = _is_true(entry.egress), entry.rule_action == "allow"
            yield model.AclEntry(int(entry.rule_number), egress, allow, cidr, str(entry.protocol), ports)


def _rules(group: Any) -> Iterator[model.GroupRule]:
    for egress, rules in ((True, group.egress_rules), (False, group.ingress_rules)):
        for rule in list(rules):
            ports = None if rule.ip_protocol == "-1" else _ports(rule.from_port, rule.to_port)
            source = rule.source_group or {}
            peers = (rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, source.get("GroupId"))
            for peer in filter(None, peers):
                yield model.GroupRule(egress, peer, str(rule.ip_protocol), ports)


def _interface(eni: Any) -> model.Interface:
    ipv6 = next(iter(eni.ipv6_addresses or ()), "")
    ipv6 = ipv6.get("Ipv6Address", "") if isinstance(ipv6, dict) else str(ipv6)
    return model.Interface(
        eni.id, eni.subnet.id, str(eni.private_ip_address), tuple(group.id for group in eni.group_set), ipv6
    )


def _nat(nat: Any) -> model.NatGateway:
    public = nat.connectivity_type != "private"
    return model.NatGateway(nat.id, nat.subnet_id, str(nat.private_ip), public, nat.state == "available")


def _endpoint(one: Any) -> model.Endpoint:
    gateway = (one.vpc_endpoint_type or "Gateway").lower() == "gateway"
    return model.Endpoint(
        one.id,
        _service(one.service_name),
        gateway,
        tuple(one.route_table_ids or ()),
        tuple(one.network_interface_ids or ()),
        _is_true(one.private_dns_enabled),
        one.policy_document or "",
    )
