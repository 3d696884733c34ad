"""Who is at the other end of a loopback connection.

Environments share the machine's network, so a function could reach the Runtime API of another. The kernel knows which
socket a connection comes from, and /proc which processes hold it.
"""

from __future__ import annotations

import functools
import os
import socket
import struct
from collections.abc import Iterable

# <linux/sock_diag.h>, <linux/inet_diag.h>
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_ALL_STATES = 0xFFFFFFFF
_REQUEST = struct.Struct("=IHHII BBBxI")
_NO_COOKIE = b"\xff" * 8
_USER_AT, _INODE_AT = 80, 84


def user(connection: socket.socket) -> int | None:
    """The user whose socket the client's end of a connection is.

    Returns:
        None where the system cannot tell, or nobody holds it any more.
    """
    if not can_tell():
        return None
    try:
        told = _told(connection.getpeername(), connection.getsockname())
    except OSError:
        return None
    return int(struct.unpack_from("=I", told, _USER_AT)[0]) if struct.unpack_from("=I", told, _INODE_AT)[0] else None


def is_abandoned(connection: socket.socket) -> bool:
    """Whether the client has closed its end already, so that nobody can say whose it was."""
    if not can_tell():
        return False
    try:
        return _inode(connection.getpeername(), connection.getsockname()) == 0
    except OSError:
        return True


def is_held_by(connection: socket.socket, processes: Iterable[int]) -> bool:
    """Whether the client's end of a connection belongs to one of the processes.

    Args:
        connection: Our end.
        processes: Their ids.

    Returns:
        True also where the system cannot tell.
    """
    if not can_tell():
        return True
    try:
        inode = _inode(connection.getpeername(), connection.getsockname())
    except OSError:
        return False
    return any(_holds(pid, f"socket:[{inode}]") for pid in processes)


@functools.cache
def can_tell() -> bool:
    """Whether the system says whose a connection is: tries it on a connection to oneself."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        try:
            return _inode(client.getsockname(), client.getpeername()) == os.fstat(client.fileno()).st_ino
        except (OSError, AttributeError, struct.error):
            return False


def _inode(source: tuple[str, int], destination: tuple[str, int]) -> int:
    """The inode of the socket with these ends; 0 once it was closed.

    Raises:
        OSError: The system does not say.
        AttributeError: It is not Linux.
    """
    return int(struct.unpack_from("=I", _told(source, destination), _INODE_AT)[0])


def _told(source: tuple[str, int], destination: tuple[str, int]) -> bytes:
    """What the kernel says of a socket.

    Raises:
        OSError: The system does not say.
        AttributeError: It is not Linux.
    """
    ends = struct.pack("!HH", source[1], destination[1])
    ends += socket.inet_aton(source[0]).ljust(16, b"\0") + socket.inet_aton(destination[0]).ljust(16, b"\0")
    identity = ends + bytes(4) + _NO_COOKIE
    head = (_REQUEST.size + len(identity), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 0, 0)
    family = (socket.AF_INET, socket.IPPROTO_TCP, 0, _ALL_STATES)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as asked:
        asked.send(_REQUEST.pack(*head, *family) + identity)
        answer = asked.recv(4096)
    if struct.unpack_from("=H", answer, 4)[0] != _SOCK_DIAG_BY_FAMILY:
        raise OSError("no such socket, or nobody to ask")
    return answer


def _holds(pid: int, wanted: str) -> bool:
    folder = f"/proc/{pid}/fd"
    try:
        descriptors = os.listdir(folder)  # noqa: PTH208 - called often
    except OSError:
        return False
    return any(_target(f"{folder}/{descriptor}") == wanted for descriptor in descriptors)


def _target(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - called often
    except OSError:
        return ""
