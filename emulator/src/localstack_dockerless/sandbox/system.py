"""System calls that Python does not offer: mounts, and a mount namespace for one thread."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS = 0x00020000
_NOSUID_NODEV = 0x2 | 0x4
_RECURSIVE_SLAVE = 0x4000 | 0x80000
_DETACH = 2


def _checked(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def separate_mounts() -> bool:
    """Make sure that what this thread mounts is seen by no other program and goes with this process.

    Returns:
        Whether that holds: the server was started in a mount namespace of its own (``DOCKERLESS_MOUNTS=1``),
        or this thread could make one for itself and what it starts.
    """
    if os.environ.get("DOCKERLESS_MOUNTS") == "1":
        return True
    try:
        _checked(_LIBC.unshare(_NEW_MOUNTS), "unshare")
        _checked(_LIBC.mount(b"none", b"/", None, _RECURSIVE_SLAVE, None), "/")
    except OSError:
        return False
    return True


def mount_tmpfs(path: Path, size_mb: int) -> None:
    """Mount a file system in memory that anyone may write to.

    Args:
        path: an existing directory.
        size_mb: what fits in (MB).

    Raises:
        OSError: the machine does not allow it.
    """
    options = f"size={size_mb}m,mode=1777".encode()
    _checked(_LIBC.mount(b"tmpfs", os.fsencode(path), b"tmpfs", _NOSUID_NODEV, options), str(path))


def unmount(path: Path) -> None:
    """Take a mount away, even while something still has it open.

    Raises:
        OSError: nothing is mounted there.
    """
    _checked(_LIBC.umount2(os.fsencode(path), _DETACH), str(path))
