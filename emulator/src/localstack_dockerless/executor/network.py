"""What an execution environment is connected to: its Runtime API, the endpoint of AWS, the X-Ray daemon, name resolution.

Where the machine has network namespaces, an environment is in one of its own and finds these at 127.0.0.1, and nothing
else anywhere. Otherwise it shares the machine's network, and they listen on a loopback address that is its own.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from localstack_dockerless.executor import addresses
from localstack_dockerless.sandbox import network
from localstack_dockerless.sandbox.bubblewrap import NAME_SERVER
from localstack_dockerless.sandbox.network import LOCAL, Namespace

Place = tuple[str, int]
"""An address and a port."""
XRAY_PORT, NAMES_PORT, HTTP_PORT = 2000, 53, 80
_DEFAULT_PORT = "4566"
_AT_A_TIME = 100
"""Sockets that come in one message, which can carry 253."""


class Network:
    """The connections of one environment.

    Args:
        api: where its Runtime API listens.
        endpoints: where AWS listens; the first one is what SDKs are told.
        namespace: the network; without one it is the machine's.
        xray: where the X-Ray daemon listens.
        names: where names are resolved; the machine does that without one.
    """

    def __init__(
        self,
        api: socket.socket,
        endpoints: Iterable[socket.socket] = (),
        namespace: Namespace | None = None,
        xray: socket.socket | None = None,
        names: socket.socket | None = None,
    ) -> None:
        self.api, self.endpoints, self.namespace, self.xray, self.names = api, list(endpoints), namespace, xray, names
        self.host: str = api.getsockname()[0]
        self.seen = -1
        """The state of the surroundings that it has been brought up to."""
        self._places: dict[Place, Callable[[], None]] = {}

    @property
    def endpoint(self) -> str:
        """The value of `AWS_ENDPOINT_URL`; empty without an endpoint of its own."""
        if not self.endpoints:
            return ""
        host, port = self.endpoints[0].getsockname()
        return f"http://{host}:{port}"

    def stream(self) -> socket.socket:
        """A TCP socket from which listeners of the environment can be reached."""
        return self.namespace.stream() if self.namespace else socket.socket()

    def provide(self, wanted: set[Place], serve: Callable[[socket.socket], Callable[[], None]]) -> None:
        """Have exactly these places in the network; connecting to any other is in vain.

        Args:
            wanted: which; without a network of its own there are none.
            serve: given what listens at a new place; returns what ends that, and closes it.
        """
        if self.namespace is None or wanted == self._places.keys():
            return
        had, have = ({address for address, _ in places} for places in (self._places, wanted))
        for place in self._places.keys() - wanted:
            self._places.pop(place)()
        self.namespace.change([], sorted(have - had), sorted(had - have))
        for places in itertools.batched(sorted(wanted - self._places.keys()), _AT_A_TIME):
            made = self.namespace.change([("listener", *place) for place in places])
            for place, listener in zip(places, made, strict=True):
                self._places[place] = serve(listener)

    def close(self) -> None:
        """Give everything back."""
        for end in self._places.values():
            end()
        self._places = {}
        for one in (self.api, *self.endpoints, self.xray, self.names):
            if one:
                one.close()
        if self.namespace:
            self.namespace.close()
            self.namespace = None


class Surroundings(Protocol):
    """What the server puts into networks beside the Runtime API and the X-Ray daemon."""

    @property
    def version(self) -> int:
        """Another number whenever there may be something else to find."""

    def serve(self, function: Any, connected: Network) -> Callable[[], None]:
        """Serve endpoints and names of an environment, until what this returns is called."""

    def refresh(self, function: Any, connected: Network) -> None:
        """Bring a network up to the state `version`; called when it has changed, before an invocation."""


def connect() -> Network:
    """Connect a new environment.

    Raises:
        OSError: it cannot have a network of its own now, on a machine where all others have; it gets no wider one.
    """
    port = int(os.environ.get("DOCKERLESS_PORT", _DEFAULT_PORT))
    with contextlib.suppress(network.Unusable):
        return _private(port)
    return _shared(port)


def _private(port: int) -> Network:
    wanted = [
        ("listener", LOCAL, addresses.PORT),
        ("datagrams", LOCAL, XRAY_PORT),
        ("datagrams", NAME_SERVER, NAMES_PORT),
        ("listener", LOCAL, port),
        # By AWS's names, for those who do not go by AWS_ENDPOINT_URL.
        *([("listener", LOCAL, HTTP_PORT)] if port != HTTP_PORT else []),
    ]
    namespace, (api, xray, names, *endpoints) = network.make(wanted, [NAME_SERVER])
    api.setblocking(False)
    return Network(api, endpoints, namespace, xray, names)


def _shared(port: int) -> Network:
    api = addresses.listen()
    host = api.getsockname()[0]
    try:
        endpoint = addresses.bound(host, port if host != LOCAL else 0)
    except OSError:
        endpoint = addresses.bound(LOCAL, 0)
    return Network(api, [endpoint], xray=_datagrams(host))


def _datagrams(host: str) -> socket.socket | None:
    """Where the X-Ray daemon listens; none where the port is taken, as on systems with one loopback address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        listener.bind((host, XRAY_PORT))
    except OSError:
        listener.close()
        return None
    return listener
