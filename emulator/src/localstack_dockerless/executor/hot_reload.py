"""Code that is read from a directory of the developer (LocalStack's bucket `hot-reload`) and may change at any time."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

Fingerprint = frozenset[tuple[str, int, int]]


def fingerprint(directory: Path) -> Fingerprint:
    """What would differ after a change of any file or folder.

    Args:
        directory: With everything below it; byte code that an interpreter leaves there does not count.
    """
    found = set()
    for folder, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118 - called often
            with contextlib.suppress(FileNotFoundError):  # an editor has just renamed or removed it
                state = os.lstat(path)
                # A folder changes whenever something in it does; that it is there is what counts.
                found.add((path, 0, 0) if name in folders else (path, state.st_mtime_ns, state.st_size))
    return frozenset(found)
