"""An image's directory on this machine: its links are followed as they will be inside, and never lead out of it."""

from __future__ import annotations

from pathlib import Path

MOST_LINKS = 40


class TooManyLinks(Exception):  # noqa: N818 - what the system calls ELOOP
    """Links that lead in a circle."""


def inside(root: Path, path: str, *, make: bool = False) -> Path:
    """Return where a path of the image is on this machine, with every link followed.

    Args:
        root: the image's directory.
        path: as a program inside would write it.
        make: whether a directory is made where there is nothing, or something else than a directory.

    Raises:
        TooManyLinks: see there.
    """
    pending, here, links = path.split("/")[::-1], root, 0
    while pending:
        part = pending.pop()
        if part in ("", "."):
            continue
        if part == "..":
            here = here.parent if here != root else root
            continue
        place = here / part
        if place.is_symlink():
            links += 1
            if links > MOST_LINKS:
                raise TooManyLinks(path)
            target = str(place.readlink())
            here = root if target.startswith("/") else here
            pending += target.split("/")[::-1]
            continue
        if make and not place.is_dir():
            place.unlink(missing_ok=True)
            place.mkdir()
            place.chmod(0o755)  # whatever this process hides from others
        here = place
    return here
