"""Unpacked deployment packages, with the modes of their files, kept as long as an environment uses them.

LocalStack makes every file executable, and deletes a package the moment its function is updated or deleted, under the
feet of invocations that may finish.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

_FILE, _FOLDER = 0o644, 0o755

_lock = threading.Lock()
_users: Counter[Path] = Counter()
_doomed: dict[Path, Callable[[], None]] = {}


def use(code: Any) -> None:
    """Another environment needs this package."""
    with _lock:
        _users[code.get_unzipped_code_location()] += 1


def release(code: Any) -> None:
    """An environment needs it no longer; the last one has it deleted, if that was asked for."""
    path = code.get_unzipped_code_location()
    with _lock:
        _users[path] -= 1
        destroy = None if _users[path] else _doomed.pop(path, None)
        if not _users[path]:
            del _users[path]
    if destroy:
        destroy()


def destroy_cached(original: Callable[[Any], None], code: Any) -> None:
    """Deletes a package, or remembers to."""
    path = code.get_unzipped_code_location()
    with _lock:
        if path in _users:
            _doomed[path] = partial(original, code)
            return
    original(code)


def make_readable(path: str, _mode: int) -> None:
    """Lets the function's user read everything; what is executable is as the archive says.

    On Lambda files have to be readable already; LocalStack is kind there, and so are we.
    """
    for file in (Path(path), *Path(path).rglob("*")):
        if not file.is_symlink():
            file.chmod(file.stat().st_mode | (_FOLDER if file.is_dir() else _FILE))
