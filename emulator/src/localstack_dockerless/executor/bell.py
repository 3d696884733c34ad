"""Wakes a thread that waits in a selector."""

from __future__ import annotations

import contextlib
import os
import threading


class Bell:
    """A pipe to oneself. `ring` is safe from any thread at any time, also after `close`."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)
        # Without it a late ring could write to whatever file got the number of the closed pipe.
        self._lock = threading.Lock()

    def ring(self) -> None:
        """Makes `reader` readable."""
        with self._lock, contextlib.suppress(OSError):
            os.write(self._writer, b"!")

    def silence(self) -> None:
        """Makes it wait for the next ring."""
        with contextlib.suppress(OSError):
            os.read(self.reader, 64)

    def close(self) -> None:
        """Gives both ends back."""
        with self._lock:
            os.close(self._writer)
            self._writer = -1
        os.close(self.reader)
