"""Makes network namespaces, and sockets inside them, for a server in another: a small program beside it.

A process enters a namespace with a whole thread, and a user who is not root needs a user namespace first, which a program
with several threads cannot make. So this program has one thread, and hands over what it makes. A socket belongs to the
namespace in which it was made, whoever holds it: the server accepts connections in there without being in there.

It is run as a file and knows the standard library only: `python -I -S network_helper.py DESCRIPTOR`.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import struct
import sys
from typing import Any

SOURCE = "169.254.76.1"
"""The environment's own address, as on Lambda."""
LOCAL = "127.0.0.1"
BACKLOG = 64
SIZE = 65536

# <linux/rtnetlink.h>
_NEW_LINK, _NEW_ADDRESS, _NEW_ROUTE, _DELETE_ROUTE = 16, 20, 24, 25
_REQUEST_ACKNOWLEDGED, _CREATE = 0x5, 0x400
_ERROR = 2
_IFF_UP = 1
_LOOPBACK = 1  # its index, in every namespace
_MAIN, _LOCAL_TABLE = 254, 255
_STATIC = 4
_UNICAST, _LOCAL_TYPE = 1, 2
_HOST_SCOPE = 254
_DESTINATION, _DEVICE, _PREFERRED_SOURCE = 1, 4, 7
_ADDRESS, _LOCAL_ADDRESS = 1, 2
_IN_USE = {errno.EEXIST, errno.ESRCH}
"""What it is no error to find: a route that is there already, or is gone."""


def main() -> None:
    """Serve the connection whose descriptor is the first argument, until it ends."""
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        _introduce(channel)
        while True:
            data, descriptors, *_ = socket.recv_fds(channel, SIZE, 1)
            if not data:
                return
            try:
                _answer(channel, {}, _do(json.loads(data), descriptors))
            except OSError as error:
                _answer(channel, {"error": [error.errno, error.strerror]}, [])
            finally:
                _close(descriptors)


def _introduce(channel: socket.socket) -> None:
    """Tell whether one can come back from a namespace; if a user namespace had to be made, its descriptor comes along."""
    try:
        try:
            returns = _returns()
            descriptors = []
        except PermissionError:
            _become_master()
            returns = _returns()
            descriptors = [os.open("/proc/self/ns/user", os.O_RDONLY)]
        _answer(channel, {"returns": returns and not descriptors}, descriptors)
    except OSError as error:
        _answer(channel, {"error": [error.errno, error.strerror]}, [])


def _returns() -> bool:
    """Leave the machine's network, and try to come back: root of a container's user namespace cannot.

    Raises:
        PermissionError: this user may not even leave.
    """
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        os.unshare(os.CLONE_NEWNET)
        os.setns(home, os.CLONE_NEWNET)
    except PermissionError:
        if os.stat("/proc/self/ns/net").st_ino == os.fstat(home).st_ino:  # noqa: PTH116 - pathlib would cost its import
            raise
        return False
    finally:
        os.close(home)
    return True


def _become_master() -> None:
    """Make a user namespace in which this process may do everything, as the same user."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def _do(request: dict[str, Any], descriptors: list[int]) -> list[int]:
    """Make a namespace, or change one; the descriptors of what was made."""
    made = []
    try:
        if descriptors:
            os.setns(descriptors[0], os.CLONE_NEWNET)
        else:
            os.unshare(os.CLONE_NEWNET)
            _set_up()
            made.append(os.open("/proc/self/ns/net", os.O_RDONLY))
        _change_routes(request.get("remove", ()), request.get("add", ()))
        for kind, address, port in request["sockets"]:
            made.append(_socket(kind, address, port).detach())
    except BaseException:
        _close(made)
        raise
    return made


def _answer(channel: socket.socket, answer: dict[str, Any], descriptors: list[int]) -> None:
    socket.send_fds(channel, [json.dumps(answer).encode()], descriptors)
    _close(descriptors)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _socket(kind: str, address: str, port: int) -> socket.socket:
    if kind == "datagrams":
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((address, port))
        return made
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if kind == "listener":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(BACKLOG)
    return made


def _set_up() -> None:
    """Bring the loopback interface up, and send what goes anywhere else over it, where it is dropped.

    The kernel gives a packet that comes back over the loopback interface to nobody unless its address is local here.
    That needs no device of its own, and whoever connects waits for an answer in vain, as on AWS.
    """
    source = socket.inet_aton(SOURCE)
    index = struct.pack("=I", _LOOPBACK)
    with _Netlink() as netlink:
        netlink.ask(_NEW_LINK, 0, struct.pack("=BxHiII", 0, 0, _LOOPBACK, _IFF_UP, _IFF_UP))
        address = struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, _LOOPBACK)
        netlink.ask(_NEW_ADDRESS, _CREATE, address + _part(_ADDRESS, source) + _part(_LOCAL_ADDRESS, source))
        route = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, _MAIN, _STATIC, 0, _UNICAST, 0)
        netlink.ask(_NEW_ROUTE, _CREATE, route + _part(_DEVICE, index) + _part(_PREFERRED_SOURCE, source))


def _change_routes(remove: list[str], add: list[str]) -> None:
    """Make addresses local ones, or no longer."""
    if not (remove or add):
        return
    with _Netlink() as netlink:
        for kind, flags, addresses in ((_DELETE_ROUTE, 0, remove), (_NEW_ROUTE, _CREATE, add)):
            for address in addresses:
                netlink.ask(kind, flags, _local_route(address))


def _local_route(address: str) -> bytes:
    head = struct.pack("=BBBBBBBBI", socket.AF_INET, 32, 0, 0, _LOCAL_TABLE, _STATIC, _HOST_SCOPE, _LOCAL_TYPE, 0)
    device = _part(_DEVICE, struct.pack("=I", _LOOPBACK))
    return head + _part(_DESTINATION, socket.inet_aton(address)) + device


def _part(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value


class _Netlink:
    """Asks the kernel to change the network of this namespace."""

    def __enter__(self) -> _Netlink:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, kind: int, flags: int, body: bytes) -> None:
        """Send one request and wait until it is done.

        Raises:
            OSError: the kernel refused.
        """
        head = struct.pack("=IHHII", 16 + len(body), kind, _REQUEST_ACKNOWLEDGED | flags, 1, 0)
        self._socket.send(head + body)
        answer = self._socket.recv(SIZE)
        number = -struct.unpack_from("=i", answer, 16)[0] if struct.unpack_from("=H", answer, 4)[0] == _ERROR else 0
        if number and number not in _IN_USE:
            raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main()
