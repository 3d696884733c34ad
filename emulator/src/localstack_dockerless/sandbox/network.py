"""Networks of execution environments: a namespace for each, where nothing can be reached but what the server puts there.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html: every function runs inside a network of Lambda's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from localstack_dockerless.sandbox import bubblewrap, network_helper
from localstack_dockerless.sandbox.network_helper import LOCAL
from localstack_dockerless.sandbox.once import once

HELPER = Path(network_helper.__file__)
_PATIENCE = 10.0
_LIBRARIES = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
"""Where this interpreter finds its own."""
_MOST = 250  # descriptors that one message may carry, less a few
Wanted = tuple[str, str, int]
"""A socket: "listener", "datagrams" or "stream"; its address; its port."""


class Unusable(Exception):  # noqa: N818 - the name says what it is
    """Environments cannot have networks of their own here; the message says why."""


class Namespace:
    """The network of one environment, as long as it is open.

    Args:
        helper: what made it.
        descriptor: of the namespace.
    """

    def __init__(self, helper: Helper, descriptor: int) -> None:
        self._helper = helper
        self._descriptor = descriptor

    def change(
        self, wanted: Sequence[Wanted], add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> list[socket.socket]:
        """Make sockets in it.

        Args:
            wanted: which.
            add: addresses that are to be its own from now on.
            remove: addresses that are to lead nowhere.

        Raises:
            OSError: it could not be done.
        """
        request = {"sockets": wanted, "add": add, "remove": remove}
        return _sockets(self._helper.ask(request, self._descriptor))

    def stream(self) -> socket.socket:
        """Return a TCP socket that is in it and not connected.

        Raises:
            OSError: it could not be done.
        """
        return self.change([("stream", LOCAL, 0)])[0]

    @property
    def prefix(self) -> list[str]:
        """What a command line begins with so that the program starts inside; nothing where `entered` does it."""
        if self._helper.returns:
            return []
        # By way of this process: descriptors of their own would stay open in the function.
        place, user = f"/proc/{os.getpid()}/fd/", self._helper.user_namespace
        users = [f"--user={place}{user}", "--preserve-credentials"] if user is not None else []
        return ["nsenter", *users, f"--net={place}{self._descriptor}", "--"]

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Have this thread, and what it starts, inside meanwhile; without effect where `prefix` does it."""
        if not self._helper.returns:
            yield
            return
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            os.setns(self._descriptor, os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(home, os.CLONE_NEWNET)
        finally:
            os.close(home)

    def close(self) -> None:
        """Give it back; it goes with its last process and socket."""
        os.close(self._descriptor)


class Helper:
    """The program that makes namespaces, and the connection to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(_PATIENCE)
        command = [sys.executable, "-I", "-S", str(HELPER), str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=bubblewrap.CLEAN | _LIBRARIES, cwd="/", start_new_session=True
            )
        try:
            answer, descriptors = self._receive()
        except OSError:
            self.close()
            raise
        self.returns: bool = answer["returns"]
        """Whether a thread of this process can enter a namespace and come back."""
        self.user_namespace: int | None = descriptors[0] if descriptors else None
        """The descriptor of the one that owns the namespaces, if it is not this process's own."""

    def make(self, wanted: Sequence[Wanted], add: Sequence[str]) -> tuple[Namespace, list[socket.socket]]:
        """Make a namespace with sockets in it.

        Raises:
            OSError: it could not be done.
        """
        descriptor, *rest = self.ask({"sockets": wanted, "add": add})
        return Namespace(self, descriptor), _sockets(rest)

    def ask(self, request: dict[str, Any], *descriptors: int) -> list[int]:
        """Send a request and return the descriptors that come back.

        Raises:
            OSError: it could not be done.
        """
        with self._lock:
            if self._channel.fileno() < 0:
                raise ConnectionError("the program that makes networks has ended")
            socket.send_fds(self._channel, [json.dumps(request).encode()], descriptors)
            return self._receive()[1]

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        try:
            data, descriptors, *_ = socket.recv_fds(self._channel, network_helper.SIZE, _MOST)
        except TimeoutError:
            data = b""
        if not data:
            self._channel.close()  # a late answer must not be taken for the next one's
            raise ConnectionError("the program that makes networks has ended")
        answer: dict[str, Any] = json.loads(data)
        if error := answer.get("error"):
            raise OSError(*error)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        return answer, list(descriptors)

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._process.wait(_PATIENCE)


def _sockets(descriptors: Sequence[int]) -> list[socket.socket]:
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]


@once
def helper() -> Helper:
    """Start what makes namespaces, and try it.

    Raises:
        Unusable: it does not work here, or is not wanted.
    """
    if os.environ.get("DOCKERLESS_NETWORK") == "host":
        raise Unusable("DOCKERLESS_NETWORK=host asks for the machine's network")
    if not hasattr(os, "setns"):
        raise Unusable("this system has no network namespaces")
    try:
        bubblewrap.means()
    except bubblewrap.Unusable as reason:
        raise Unusable(f"it needs bubblewrap: {reason}") from None
    try:
        made = Helper()
        if not made.returns and not shutil.which("nsenter"):
            made.close()
            raise Unusable("it needs nsenter, which is not installed")
        _try(made)
    except OSError as error:
        raise Unusable(f"this user may not make network namespaces: {error.strerror or error}") from error
    return made


def _try(made: Helper) -> None:
    """Make a network with what every environment has: what does not work here may not fail later."""
    wanted = [("listener", LOCAL, 80), ("datagrams", bubblewrap.NAME_SERVER, 53)]
    try:
        namespace, sockets = made.make(wanted, [bubblewrap.NAME_SERVER])
    except OSError:
        made.close()
        raise
    namespace.close()
    for one in sockets:
        one.close()


def is_private() -> bool:
    """Whether environments have networks of their own."""
    try:
        helper()
    except Unusable:
        return False
    return True


def make(wanted: Sequence[Wanted], add: Sequence[str]) -> tuple[Namespace, list[socket.socket]]:
    """Make the network of an environment; a helper that was killed is replaced.

    Args:
        wanted: sockets in it.
        add: addresses of its own, beside 127.0.0.1.

    Raises:
        Unusable: see `helper`.
        OSError: it could not be done.
    """
    try:
        return helper().make(wanted, add)
    except ConnectionError:
        helper.forget()
        return helper().make(wanted, add)
