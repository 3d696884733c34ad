"""Places that people serve: private ones in a VPC, as a database or an internal service, and public ones on the internet.

Each stands for a real server on the loopback interface of this machine, which functions reach only where their network
leads there. A private one is a network interface in EC2, with a subnet, an address and security groups.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any

from localstack_dockerless.executor.network import Place
from localstack_dockerless.reachability import Place as Target
from localstack_dockerless.services.network.decisions import DECISIONS, Caller
from localstack_dockerless.services.network.state import STATE

INTERNET = "203.0.113."
"""Where public hosts get their addresses: a block for documentation, which leads nowhere (RFC 5737)."""


class Refused(Exception):  # noqa: N818 - what happens to the request
    """There can be no such place; the message is a sentence that says why."""


@dataclass(frozen=True)
class Host:
    """One place.

    Args:
        account: whose it is.
        address: under which functions find it.
        port: at that address.
        target: address and port on this machine.
        name: that resolves to the address; empty for none.
        region: of the VPC; empty for a public one.
        vpc: the ID of its VPC; empty for a public one.
        interface: the ID of its network interface; empty for a public one.
    """

    account: str
    address: str
    port: int
    target: Place
    name: str = ""
    region: str = ""
    vpc: str = ""
    interface: str = ""

    def described(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"target": f"{self.target[0]}:{self.target[1]}"}


class Hosts:
    """All of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: list[Host] = []

    def all(self, account: str | None = None) -> list[Host]:
        """Those of an account, or of everybody."""
        return [one for one in self._hosts if account in (None, one.account)]

    def reachable_from(self, caller: Caller) -> list[Host]:
        """Those that an environment reaches."""
        return [one for one in self._around(caller) if self._reaches(caller, one)]

    def at(self, caller: Caller, place: Place) -> Host | None:
        """The one at a place, if the environment reaches it."""
        return next((one for one in self.reachable_from(caller) if (one.address, one.port) == place), None)

    def named(self, name: str, caller: Caller) -> Host | None:
        """The one of a name, in the caller's own VPC if there are several, whether or not it can be reached."""
        found = [one for one in self._around(caller) if one.name == name]
        return min(found, key=lambda one: one.vpc != caller.vpc, default=None)

    def _around(self, caller: Caller) -> list[Host]:
        """Those that an address means for an environment: other accounts' VPCs have the same ones."""
        own = caller.account, caller.region
        return [one for one in list(self._hosts) if not one.vpc or (one.account, one.region) == own]

    @staticmethod
    def _reaches(caller: Caller, host: Host) -> bool:
        verdict = DECISIONS.about(caller, Target(host.address, host.port))
        # The caller's VPC may have somebody else at that address.
        here = not host.interface or any(hop.component == host.interface for hop in verdict.hops)
        return verdict.reachable and here

    def add_public(self, account: str, name: str, port: int, target: Place) -> Host:
        """Serve a host on the internet.

        Raises:
            Refused: the name is taken, or there are too many.
        """
        with self._lock:
            same = [one for one in self._hosts if not one.vpc and one.name == name]
            if any(one.port == port for one in same):
                raise Refused(f"{name}:{port} is served already.")
            address = same[0].address if same else self._free_address()
            return self._add(Host(account, address, port, target, name))

    def _free_address(self) -> str:
        used = {one.address for one in self._hosts}
        free = (f"{INTERNET}{number}" for number in range(1, 255) if f"{INTERNET}{number}" not in used)
        address = next(free, None)
        if address is None:
            raise Refused("There are 254 public hosts; remove one first.")
        return address

    def add_private(
        self,
        account: str,
        region: str,
        subnet: str,
        groups: list[str],
        address: str,
        port: int,
        target: Place,
        name: str,
    ) -> Host:
        """Serve a host in a VPC, by a network interface that is made for it.

        Raises:
            Refused: EC2 does not have the subnet or a group, or the address is not free.
        """
        with self._lock:
            vpc = _find_subnet(account, region, subnet).vpc_id
            known = [one for one in self.all(account) if (one.vpc, one.address) == (vpc, address)]
            if any(one.port == port for one in known):
                raise Refused(f"{address}:{port} is served already.")
            interface = (
                known[0].interface if known else _make_interface(account, region, subnet, groups, address, name).id
            )
            return self._add(Host(account, address, port, target, name, region, vpc, interface))

    def _add(self, host: Host) -> Host:
        self._hosts.append(host)
        STATE.changed()
        return host

    def remove(self, account: str, place: str) -> Host:
        """Serve a place no longer.

        Args:
            account: whose it is.
            place: "10.0.1.5:5432", or "example.com:80".

        Raises:
            Refused: there is none.
        """
        with self._lock:
            for host in self.all(account):
                if place in (f"{host.address}:{host.port}", f"{host.name}:{host.port}"):
                    self._drop(host)
                    return host
        raise Refused(f"{place} is not served in the account {account}.")

    def forget(self, account: str | None) -> None:
        """Serve none of an account, or none at all; EC2 forgets the network interfaces by itself."""
        with self._lock:
            self._hosts = [one for one in self._hosts if account not in (None, one.account)]
            STATE.changed()

    def _drop(self, host: Host) -> None:
        self._hosts.remove(host)
        if host.interface and not any(one.interface == host.interface for one in self._hosts):
            _remove_interface(host)
        STATE.changed()


def _find_subnet(account: str, region: str, subnet: str) -> Any:
    from localstack.services.plugins import SERVICE_PLUGINS

    SERVICE_PLUGINS.require("ec2")
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models import ec2_backends

    try:
        return ec2_backends[account][region].get_subnet(subnet)
    except EC2ClientError:
        raise Refused(f"There is no subnet {subnet} in {region} of the account {account}.") from None


def _make_interface(account: str, region: str, subnet: str, groups: list[str], address: str, name: str) -> Any:
    found = _find_subnet(account, region, subnet)
    backend = found.ec2_backend
    for group in groups:
        known = backend.get_security_group_from_id(group)
        if known is None or known.vpc_id != found.vpc_id:
            raise Refused(f"There is no security group {group} in {found.vpc_id}.")
    _check_free(found, address)
    description = f"private host {name or address}"
    interface = backend.create_network_interface(found, address, group_ids=groups, description=description)
    interface.status = "in-use"
    return interface


def _check_free(subnet: Any, address: str) -> None:
    """The first four addresses of a subnet and the last one are AWS's."""
    block = subnet.cidr
    wanted = ip_address(address)
    if wanted not in block:
        raise Refused(f"{address} is not in {subnet.id}, which is {block}.")
    reserved = [*(block[number] for number in range(4)), block[-1]]
    used = {str(eni.private_ip_address) for eni in subnet.ec2_backend.enis.values() if eni.subnet.id == subnet.id}
    if wanted in reserved or address in used:
        raise Refused(f"{address} is not free in {subnet.id}.")


def _remove_interface(host: Host) -> None:
    from moto.ec2.models import ec2_backends

    ec2_backends[host.account][host.region].enis.pop(host.interface, None)


HOSTS = Hosts()
"""The server's ones."""
