"""Unpacked deployment packages, kept as long as an environment uses them.

LocalStack deletes a package the moment its function is updated or deleted, under the feet of invocations that may
finish.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

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
