"""What a data directory tells about its server: a lock that lives as long as the server, and a small file."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import Any

LOCK = "lock"
STATE = "server.json"


def lock(data: Path) -> int | None:
    """Take the directory for one server.

    Returns:
        The file descriptor that holds the lock, or None when a living server has it.
    """
    descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_held(data: Path) -> bool:
    """Whether a server lives in this directory."""
    if not (data / LOCK).exists():
        return False
    descriptor = lock(data)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def write(data: Path, **values: Any) -> None:
    """Replace the state file in one step."""
    draft = data / f"{STATE}.new"
    draft.write_text(json.dumps(values))
    draft.replace(data / STATE)


def read(data: Path) -> dict[str, Any]:
    """The state file of the server that holds the lock; empty when there is none."""
    try:
        content = json.loads((data / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def sweep(data: Path) -> None:
    """Remove what a server leaves behind that nobody needs: temporary files, functions' code, file systems, images, its state file."""
    (data / STATE).unlink(missing_ok=True)
    for leftover in (data / "tmp", data / "efs", data / "ecr", data / "root" / str(data / "tmp").lstrip("/")):
        shutil.rmtree(leftover, ignore_errors=True)
