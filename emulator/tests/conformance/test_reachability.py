"""Reachability of AWS services, private resources and the internet"""

from __future__ import annotations

import pytest
from localstack_dockerless.reachability import Code, Place, Service, Unattached, analyze
from localstack_dockerless.reachability.model import Endpoint, Kind, NatGateway, Peering, Route
from worlds import (
    ANY,
    ANY_IPV6,
    DATABASE,
    INTERNET,
    INTERNET_IPV6,
    LOCAL,
    OPEN,
    PEER,
    S3,
    S3_GATEWAY,
    S3_LIST,
    SQS,
    SQS_INTERFACE,
    TO_EIGW,
    TO_NAT,
    TO_PEER,
    World,
    entry,
    into,
    out,
)

LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
INTERNET_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html"
ROUTES = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
IGW = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
EIGW = "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html"
GROUPS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
ACLS = "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html"
ACL_RULES = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
GATEWAY = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
INTERFACE = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
PEERING = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html"
CODES = "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html"

ISOLATED = World(private=(LOCAL,))
GATEWAYED = ISOLATED.but(endpoints=(S3_GATEWAY,))
PRIVATELY = ISOLATED.but(endpoints=(SQS_INTERFACE,))
PEERED = World(private=(LOCAL, TO_PEER), peerings=(Peering("pcx-1", frozenset({"vpc-1", "vpc-2"})),))
DUAL = World(private=(LOCAL, TO_EIGW), ipv6=True, function=(out(), out(ANY_IPV6)), acl_private=(
    *OPEN, entry(101, True, True, ANY_IPV6), entry(101, False, True, ANY_IPV6)))  # fmt: skip
ONLY_443 = (entry(100, True, True, ports=(443, 443)), entry(100, False, True, ports=(1024, 65535)))

CASES = {
    # Routes: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    "by a NAT gateway to the internet": (INTERNET_PAGE, World(), INTERNET, None),
    "by a NAT gateway to a service": (INTERNET_PAGE, World(), S3, None),
    "without a route": (INTERNET_PAGE, ISOLATED, INTERNET, Code.NO_ROUTE),
    "without a route to a service": (LAMBDA, ISOLATED, S3, Code.NO_ROUTE),
    "a public subnet gives no internet": (LAMBDA, World(home="subnet-public"), INTERNET, Code.IGW_PUBLIC_IP),
    "a public subnet gives no service": (LAMBDA, World(home="subnet-public"), SQS, Code.IGW_PUBLIC_IP),
    "a public subnet is within its VPC": (LAMBDA, World(home="subnet-public"), DATABASE, None),
    "the most specific route decides": (ROUTES, World(private=(LOCAL, TO_NAT, Route("198.51.100.0/24", "igw-1", Kind.INTERNET_GATEWAY))), INTERNET, Code.IGW_PUBLIC_IP),
    "a route to somewhere else": (ROUTES, World(private=(LOCAL, Route("192.0.2.0/24", "nat-1", Kind.NAT_GATEWAY))), INTERNET, Code.NO_ROUTE),
    "a route whose target is gone": (ROUTES, World(private=(LOCAL, Route(ANY, "nat-1", Kind.NAT_GATEWAY, active=False))), INTERNET, Code.BAD_STATE_ROUTE),
    "a route to a prefix list": (ROUTES, World(private=(LOCAL, Route(S3_LIST, "nat-1", Kind.NAT_GATEWAY))), S3, None),
    "a prefix list of another service": (ROUTES, World(private=(LOCAL, Route(S3_LIST, "nat-1", Kind.NAT_GATEWAY))), SQS, Code.NO_ROUTE),
    "a route to what is not modelled": (CODES, World(private=(LOCAL, Route(ANY, "tgw-1", Kind.OTHER))), INTERNET, Code.UNKNOWN_DESTINATION),
    # Gateways: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    "a NAT gateway that is deleted": (NAT, World(nats=(NatGateway("nat-1", "subnet-public", "10.0.0.5", available=False),)), INTERNET, Code.BAD_STATE),
    "a NAT gateway that is unknown": (NAT, World(nats=()), INTERNET, Code.BAD_STATE),
    "a private NAT gateway": (NAT, World(nats=(NatGateway("nat-1", "subnet-public", "10.0.0.5", public=False),)), INTERNET, Code.IGW_PUBLIC_IP),
    "a NAT gateway in a private subnet": (NAT, World(public=(LOCAL,)), INTERNET, Code.NO_ROUTE),
    "a NAT gateway that leads to itself": (NAT, World(nats=(NatGateway("nat-1", "subnet-private", "10.0.1.5"),)), INTERNET, Code.NO_ROUTE),
    "an internet gateway that is not attached": (IGW, World(gateways=frozenset()), INTERNET, Code.BAD_STATE_ATTACHMENT),
    "by an egress-only gateway, with IPv6": (EIGW, DUAL, INTERNET_IPV6, None),
    "an egress-only gateway without IPv6 of the function": (INTERNET_PAGE, DUAL.but(ipv6=False), INTERNET_IPV6, Code.IGW_PUBLIC_IP),
    "an egress-only gateway is not for IPv4": (EIGW, DUAL, INTERNET, Code.NO_ROUTE),
    "a NAT gateway is not for IPv6": (INTERNET_PAGE, DUAL.but(private=(LOCAL, TO_NAT)), INTERNET_IPV6, Code.NO_ROUTE),
    # Security groups: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    "no outbound rule": (GROUPS, World(function=(into(ANY),)), INTERNET, Code.ENI_SG_RULES_MISMATCH),
    "no rules at all": (CODES, World(function=()), INTERNET, Code.SG_HAS_NO_RULES),
    "an outbound rule for the port": (GROUPS, World(function=(out(ANY, (443, 443), "tcp"),)), INTERNET, None),
    "an outbound rule for another port": (GROUPS, World(function=(out(ANY, (80, 80), "tcp"),)), INTERNET, Code.ENI_SG_RULES_MISMATCH),
    "an outbound rule for UDP": (GROUPS, World(function=(out(ANY, (443, 443), "udp"),)), INTERNET, Code.ENI_SG_RULES_MISMATCH),
    "an outbound rule to a prefix list": (GROUPS, World(function=(out(S3_LIST, (443, 443), "tcp"),)), S3, None),
    "an outbound rule to another prefix list": (GROUPS, World(function=(out(S3_LIST, (443, 443), "tcp"),)), SQS, Code.ENI_SG_RULES_MISMATCH),
    "an outbound rule to a group": (GROUPS, World(function=(out("sg-database", (5432, 5432), "tcp"),)), DATABASE, None),
    "an outbound rule to a group is not for the internet": (GROUPS, World(function=(out("sg-database"),)), INTERNET, Code.ENI_SG_RULES_MISMATCH),
    "an inbound rule from the function's group": (GROUPS, World(), DATABASE, None),
    "an inbound rule from the function's subnet": (GROUPS, World(database=(into("10.0.1.0/24", (5000, 6000)),)), DATABASE, None),
    "an inbound rule from another group": (GROUPS, World(database=(into("sg-other"),)), DATABASE, Code.ENI_SG_RULES_MISMATCH),
    "an inbound rule from another subnet": (GROUPS, World(database=(into("10.0.0.0/24"),)), DATABASE, Code.ENI_SG_RULES_MISMATCH),
    "an inbound rule for another port": (GROUPS, World(), Place("10.0.2.20", 3306), Code.ENI_SG_RULES_MISMATCH),
    "an inbound rule is needed within a subnet, too": (GROUPS, World(), Place("10.0.1.20", 80), Code.ENI_SG_RULES_MISMATCH),
    "answers need no outbound rule": (GROUPS, World(database=(into(ANY),)), DATABASE, None),
    # Network ACLs: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
    "an ACL that denies all": (ACL_RULES, World(acl_private=()), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    "an ACL with the port and the answers": (ACLS, World(acl_private=ONLY_443), INTERNET, None),
    "an ACL without the port": (ACLS, World(acl_private=ONLY_443), DATABASE, Code.SUBNET_ACL_RESTRICTION),
    "an ACL without the answers": (ACLS, World(acl_private=ONLY_443[:1]), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    "an ACL with some of the answers' ports": (ACLS, World(acl_private=(ONLY_443[0], entry(100, False, True, ports=(49152, 65535)))), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    "an ACL with the answers in two rules": (ACLS, World(acl_private=(ONLY_443[0], entry(1, False, True, ports=(1024, 4999)), entry(2, False, True, ports=(5000, 65535)))), INTERNET, None),
    "the lowest number decides, denying": (ACL_RULES, World(acl_private=(entry(50, True, False, "198.51.100.0/24"), *OPEN)), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    "the lowest number decides, allowing": (ACL_RULES, World(acl_private=(*OPEN, entry(200, True, False, "198.51.100.0/24"))), INTERNET, None),
    "an ACL does not apply within its subnet": (ACL_RULES, World(acl_private=()), Place("10.0.1.20", 5432), None),
    "an ACL of the target's subnet": (ACLS, World(acl_data=(entry(100, False, True, ports=(443, 443)),)), DATABASE, Code.SUBNET_ACL_RESTRICTION),
    "an ACL of the target's subnet, answers": (ACLS, World(acl_data=OPEN[1:2]), DATABASE, Code.SUBNET_ACL_RESTRICTION),
    "an ACL of the NAT gateway's subnet, inbound": (ACLS, World(acl_public=(OPEN[0], entry(100, False, True, ports=(1024, 65535)))), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    "an ACL of the NAT gateway's subnet, answers": (ACLS, World(acl_public=(OPEN[0], entry(100, False, True, "10.0.0.0/16"))), INTERNET, Code.SUBNET_ACL_RESTRICTION),
    # Endpoints: https://docs.aws.amazon.com/vpc/latest/privatelink/
    "by a gateway endpoint": (GATEWAY, GATEWAYED, S3, None),
    "a gateway endpoint is for its service": (GATEWAY, GATEWAYED, Service("dynamodb"), Code.NO_ROUTE),
    "a gateway endpoint is for its route tables": (GATEWAY, ISOLATED.but(endpoints=(Endpoint("vpce-1", "s3", gateway=True, tables=("rtb-data",)),)), S3, Code.NO_ROUTE),
    "a gateway endpoint is for its region": (GATEWAY, GATEWAYED, Service("s3 in eu-west-1"), Code.NO_ROUTE),
    "a gateway endpoint in a public subnet": (GATEWAY, World(home="subnet-public", endpoints=(Endpoint("vpce-1", "s3", gateway=True, tables=("rtb-public",)),)), S3, None),
    "a gateway endpoint needs an outbound rule": (GATEWAY, GATEWAYED.but(function=(out("10.0.0.0/16"),)), S3, Code.ENI_SG_RULES_MISMATCH),
    "a gateway endpoint needs the ACL": (GATEWAY, GATEWAYED.but(acl_private=ONLY_443[:1]), S3, Code.SUBNET_ACL_RESTRICTION),
    "by an interface endpoint": (INTERFACE, PRIVATELY, SQS, None),
    "an interface endpoint is for its service": (INTERFACE, PRIVATELY, Service("sns"), Code.NO_ROUTE),
    "an interface endpoint without private names": (INTERFACE, ISOLATED.but(endpoints=(Endpoint("vpce-1", "sqs", gateway=False, interfaces=("eni-sqs",)),)), SQS, Code.NO_ROUTE),
    "an interface endpoint in a VPC without DNS": (INTERFACE, PRIVATELY.but(names=False), SQS, Code.NO_ROUTE),
    "an interface endpoint's group": (INTERFACE, PRIVATELY.but(endpoint=(into("10.5.0.0/16"),)), SQS, Code.ENI_SG_RULES_MISMATCH),
    "an interface endpoint takes over from a NAT gateway": (INTERFACE, World(endpoints=(SQS_INTERFACE,), endpoint=()), SQS, Code.SG_HAS_NO_RULES),
    # Other VPCs: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
    "by a peering connection": (PEERING, PEERED, PEER, None),
    "a peering connection needs a route": (PEERING, PEERED.but(private=(LOCAL,)), PEER, Code.NO_ROUTE),
    "a peering connection needs a route back": (PEERING, PEERED.but(peer_routes=(Route("10.9.0.0/16", "local", Kind.LOCAL),)), PEER, Code.NO_ROUTE),
    "a peering connection leads no further": (PEERING, PEERED.but(private=(LOCAL, Route(ANY, "pcx-1", Kind.PEERING))), INTERNET, Code.PEERING_ADDRESS),
    "a peering connection that is not active": (PEERING, PEERED.but(peerings=()), PEER, Code.BAD_STATE),
    "an address nobody has": (CODES, World(), Place("10.0.2.99", 5432), Code.NO_POSSIBLE_DESTINATION),
}  # fmt: skip


@pytest.mark.parametrize(("world", "target", "code"), [
    pytest.param(*case[1:], id=name, marks=pytest.mark.rule(case[0])) for name, case in CASES.items()
])  # fmt: skip
def test_what_an_attached_function_reaches(world, target, code):
    verdict = analyze(world.source(), target)
    assert verdict.code == code, [hop.text for hop in verdict.hops]
    assert verdict.reachable is (code is None)
    assert all(hop.code is None for hop in verdict.hops[:-1])
    assert all(hop.text and hop.component for hop in verdict.hops)


@pytest.mark.rule(LAMBDA)
@pytest.mark.parametrize(("target", "code"), [
    (S3, None),
    (INTERNET, None),
    (DATABASE, Code.NO_ROUTE),
    (Place("172.20.0.1", 80), Code.NO_ROUTE),
    (Place("192.168.1.1", 80), Code.NO_ROUTE),
    (Place("169.254.169.254", 80), Code.NO_ROUTE),
    (Place("127.0.0.1", 80), Code.NO_ROUTE),
    (INTERNET_IPV6, Code.NO_ROUTE),
], ids=str)  # fmt: skip
def test_what_a_function_without_a_vpc_reaches(target, code):
    assert analyze(Unattached(), target).code == code


@pytest.mark.rule(GATEWAY)
@pytest.mark.parametrize(("world", "target", "endpoint"), [
    (GATEWAYED, S3, S3_GATEWAY), (PRIVATELY, SQS, SQS_INTERFACE), (World(), S3, None)
])  # fmt: skip
def test_requests_by_an_endpoint_are_subject_to_its_policy(world, target, endpoint):
    verdict = analyze(world.source(), target)
    assert (verdict.endpoint, verdict.policy) == ((endpoint.id, endpoint.policy) if endpoint else ("", ""))


@pytest.mark.rule(CODES)
def test_the_way_is_told_hop_by_hop():
    components = [hop.component for hop in analyze(World().source(), INTERNET).hops]
    assert components == [
        "eni-function", "sg-function", "rtb-private", "acl-private", "acl-public", "nat-1", "rtb-public", "igw-1",
        "acl-public", "acl-public", "acl-public", "acl-private",
    ]  # fmt: skip


@pytest.mark.rule(CODES)
def test_the_way_ends_where_it_is_blocked():
    last = analyze(World(home="subnet-public").source(), INTERNET).hops[-1]
    assert (last.component, last.code) == ("igw-1", Code.IGW_PUBLIC_IP)
    assert "no public IPv4 address" in last.text
