"""Who asks, and what an environment reaches: asked at every request, found out once for each state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localstack_dockerless.reachability import Attached, Place, Service, Unattached, Verdict, analyze
from localstack_dockerless.reachability.model import Network
from localstack_dockerless.services.network.state import STATE

MOST = 10_000
"""Verdicts that are remembered."""


@dataclass(frozen=True)
class Caller:
    """An execution environment.

    Args:
        version: LocalStack's version of the function.
        number: which of the function's environments it is; they take turns in its subnets.
    """

    version: Any
    number: int = 0

    @property
    def account(self) -> str:
        """Of the function."""
        return str(self.version.id.account)

    @property
    def region(self) -> str:
        """Of the function."""
        return str(self.version.id.region)

    @property
    def vpc(self) -> str:
        """The ID of the VPC that it is attached to; empty without one."""
        config = self.version.config.vpc_config
        return str(config.vpc_id) if config and config.subnet_ids else ""

    @property
    def subnet(self) -> str:
        """The subnet it is in; empty without a VPC."""
        subnets = self.version.config.vpc_config.subnet_ids if self.vpc else [""]
        return str(subnets[self.number % len(subnets)])

    @property
    def key(self) -> tuple[Any, ...]:
        """What decisions about it depend on."""
        config = self.version.config.vpc_config
        return (self.account, self.region, self.subnet, frozenset(config.security_group_ids), _ipv6(config))


def _ipv6(config: Any) -> bool:
    return bool(getattr(config, "ipv6_allowed_for_dual_stack", False))


class Decisions:
    """What was found out about the present state of EC2."""

    def __init__(self) -> None:
        self._number = -1
        self._networks: dict[tuple[str, str], Network] = {}
        self._verdicts: dict[tuple[Any, ...], Verdict] = {}

    def about(self, caller: Caller, target: Service | Place) -> Verdict:
        """Whether an environment reaches a target."""
        if not caller.vpc:
            return analyze(Unattached(), target)
        number = STATE.number
        if number != self._number:
            self._networks, self._verdicts, self._number = {}, {}, number
        if len(self._verdicts) > MOST:  # a function may ask for services that it makes up
            self._verdicts = {}
        verdicts, key = self._verdicts, (caller.key, target)
        if key not in verdicts:
            verdicts[key] = analyze(self.source(caller), target)
        return verdicts[key]

    def source(self, caller: Caller) -> Attached:
        """Where an attached environment's connections start."""
        network = self._network(caller.account, caller.region)
        config = caller.version.config.vpc_config
        interface = self._interface(caller)
        return Attached(network, caller.vpc, interface, _ipv6(config))

    def _network(self, account: str, region: str) -> Network:
        networks = self._networks
        if (account, region) not in networks:
            from localstack_dockerless.services.network import snapshot

            networks[account, region] = snapshot.take(account, region)
        return networks[account, region]

    @staticmethod
    def _interface(caller: Caller) -> str:
        from localstack_dockerless.services.vpc import interfaces

        wanted = caller.subnet, frozenset(caller.version.config.vpc_config.security_group_ids)
        return interfaces.identifier(caller.account, caller.region, wanted)


DECISIONS = Decisions()
"""The server's one."""
