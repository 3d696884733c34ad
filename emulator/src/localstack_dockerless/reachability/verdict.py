"""The result of an analysis.

https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """AWS's explanation codes, as far as they occur here."""

    BAD_STATE = "BAD_STATE"
    BAD_STATE_ATTACHMENT = "BAD_STATE_ATTACHMENT"
    BAD_STATE_ROUTE = "BAD_STATE_ROUTE"
    ENI_SG_RULES_MISMATCH = "ENI_SG_RULES_MISMATCH"
    IGW_PUBLIC_IP = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    NO_POSSIBLE_DESTINATION = "NO_POSSIBLE_DESTINATION"
    NO_ROUTE = "NO_ROUTE_TO_DESTINATION"
    PEERING_ADDRESS = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
    SG_HAS_NO_RULES = "SG_HAS_NO_RULES"
    SUBNET_ACL_RESTRICTION = "SUBNET_ACL_RESTRICTION"
    UNKNOWN_DESTINATION = "UNKNOWN_DESTINATION"


@dataclass(frozen=True)
class Hop:
    """A component on the way.

    Args:
        component: its ID, or a name for what has none.
        text: what it does with the traffic, for a person.
        code: why it does not let it through; None when it does.
    """

    component: str
    text: str
    code: Code | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether traffic arrives, and the way it took.

    Args:
        hops: in order; one that does not let the traffic through is the last.
        endpoint: the ID of the VPC endpoint on the way, if there is one.
        policy: that endpoint's policy, which then decides about each request.
    """

    hops: tuple[Hop, ...]
    endpoint: str = ""
    policy: str = ""

    @property
    def reachable(self) -> bool:
        """Whether every hop lets it through."""
        return self.code is None

    @property
    def code(self) -> Code | None:
        """Why it does not arrive."""
        return self.hops[-1].code


class Blocked(Exception):  # noqa: N818 - how an analysis ends
    """The way ends here.

    Args:
        hop: where and why.
    """

    def __init__(self, component: str, code: Code, text: str) -> None:
        super().__init__(text)
        self.hop = Hop(component, text, code)
