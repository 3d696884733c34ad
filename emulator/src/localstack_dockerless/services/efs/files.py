"""The files of file systems: one directory for each, below the server's data directory.

Whoever may do what in it is decided by three things of AWS: the owner and the permissions of a directory that EFS made,
and the user an access point stands for. Here every function is the sandbox's user, who owns all files; the rules decide
whether it finds the access point's directory writable.

https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_dockerless import sandbox

WRITE_AND_SEARCH = 0o3
LAMBDA_USER: dict[str, Any] = {"Uid": 993, "Gid": 990}
"""Who a function is to a file system when its access point says nothing."""


class NoSuchDirectory(Exception):  # noqa: N818 - what EFS found
    """An access point's root directory does not exist, and nothing says with which owner to make it."""


@dataclass(frozen=True)
class Owner:
    """Of a directory that EFS made."""

    uid: int
    gid: int
    permissions: int


ROOT = Owner(0, 0, 0o755)
"""Of every file system's own root."""


def home(account: str, region: str = "", file_system: str = "") -> Path:
    """Where a file system is, or all those of a region or an account."""
    return Path(os.environ["DOCKERLESS_DATA"], "efs", account, region, file_system)


def forget(account: str | None) -> None:
    """Remove the files of one account or of all; environments that still see them must have ended."""
    shutil.rmtree(home(account or ""), ignore_errors=True)


def root_directory(top: Path, path: str, creation: dict[str, Any] | None, owners: dict[str, Owner]) -> Path:
    """The directory that an access point exposes; made if it is missing.

    Args:
        top: the file system's directory.
        path: RootDirectory.Path.
        creation: RootDirectory.CreationInfo.
        owners: by path, the directories of this file system that EFS made; new ones are added.

    Raises:
        NoSuchDirectory: it is missing and there is no CreationInfo, or something else has its name.
    """
    _make(top, 0o755)
    owners.setdefault("", ROOT)
    walked = ""
    for name in filter(None, path.split("/")):
        walked += f"/{name}"
        place = top / walked.lstrip("/")
        # A function can make links, and they must not lead anybody out of the file system.
        if place.is_symlink() or (place.exists() and not place.is_dir()) or not (place.exists() or creation):
            raise NoSuchDirectory(path)
        if not place.exists() and creation:
            owner = Owner(creation["OwnerUid"], creation["OwnerGid"], int(creation["Permissions"], 8))
            _make(place, owner.permissions)
            owners[walked] = owner
    return top / walked.lstrip("/")


def _make(place: Path, permissions: int) -> None:
    """Make a directory that belongs to the user functions run as."""
    if place.exists():
        return
    place.mkdir(parents=True)
    place.chmod(permissions | 0o700)
    user, group = sandbox.user()
    os.chown(place, user, group)


def may_write(user: dict[str, Any] | None, owner: Owner | None) -> bool:
    """Whether a POSIX user may make files in a directory; in one that a function made, everybody may.

    Args:
        user: an access point's PosixUser.
        owner: of the directory.
    """
    who = user or LAMBDA_USER
    if owner is None or who["Uid"] == 0:
        return True
    groups = {who["Gid"], *(who.get("SecondaryGids") or ())}
    shift = 6 if who["Uid"] == owner.uid else 3 if owner.gid in groups else 0
    return (owner.permissions >> shift) & WRITE_AND_SEARCH == WRITE_AND_SEARCH
