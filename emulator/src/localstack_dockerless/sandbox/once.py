"""What is found out once per process, by whichever thread asks first while the others wait."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """Call a function without arguments at most once; a call that raises is made again."""

    def __init__(self, function: Callable[[], T]) -> None:
        functools.update_wrapper(self, function)
        self._lock = threading.Lock()
        self._function = function
        self.forget()

    def __call__(self) -> T:
        """Return what the function returned the first time."""
        with self._lock:
            if not self._results:
                self._results.append(self._function())
            return self._results[0]

    def forget(self) -> None:
        """Call it again next time; for tests."""
        self._results: list[T] = []
