"""What a function prints: read without blocking and kept within bounds.

CloudWatch takes a log of any length because the bill limits it; here a flood must neither fill the memory nor keep the
server busy, so the first and the last part of an invocation's output are kept and a line between them says what is
missing.
"""

from __future__ import annotations

import contextlib
import os
import selectors
from collections.abc import Callable, Sequence
from functools import partial

KEEP = 1024 * 1024
"""Bytes of an invocation's output kept from its beginning, and as many from its end."""

_READ = 256 * 1024

_READS = 16
"""Reads in a row, however much there is: a flood must not keep the loop from seeing the time."""


class Output:
    """The reading end of the pipe that the runtime's process writes to."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)

    def read(self) -> bytes | None:
        """What has been printed.

        Returns:
            Some bytes; b"" once every process that could print is gone; None if there is nothing now.
        """
        try:
            return os.read(self.reader, _READ)
        except BlockingIOError:
            return None

    def close_writer(self) -> None:
        """Leaves writing to the process, so that its end becomes visible here."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def close(self) -> None:
        """Gives both ends back."""
        self.close_writer()
        os.close(self.reader)


class Outputs:
    """The pipes of one process, or of several kinds of them.

    Args:
        selector: Where the environment waits.
        printed: Called with the kind and what it printed.
    """

    def __init__(self, selector: selectors.BaseSelector, printed: Callable[[str, bytes], None]) -> None:
        self._selector = selector
        self._printed = printed
        self._open: dict[str, Output] = {}

    def open(self, kinds: Sequence[str]) -> list[int]:
        """Makes a pipe for each kind; the descriptors to write to."""
        for kind in kinds:
            output = self._open[kind] = Output()
            self._selector.register(output.reader, selectors.EVENT_READ, partial(self._read, kind))
        return [output.writer for output in self._open.values()]

    def close_writers(self) -> None:
        """Leaves writing to the processes."""
        for output in self._open.values():
            output.close_writer()

    def read(self) -> None:
        """Takes what is there."""
        for kind in tuple(self._open):
            self._read(kind)

    def drop(self) -> None:
        """Gives them back."""
        for kind in tuple(self._open):
            self._drop(kind)

    def _read(self, kind: str) -> None:
        """What is in the pipe, or a good part of it when more keeps coming; at its end, the pipe is put away."""
        for _ in range(_READS):
            output = self._open.get(kind)
            data = output.read() if output else None
            if data is None:
                return
            if not data:
                self._drop(kind)
            self._printed(kind, data)

    def _drop(self, kind: str) -> None:
        output = self._open.pop(kind)
        with contextlib.suppress(KeyError):
            self._selector.unregister(output.reader)
        output.close()


class Log:
    """Text that is bounded in the middle."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def add(self, data: bytes) -> None:
        """Appends output."""
        room = KEEP - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            # Cutting seldom keeps the cost of a flood linear.
            if len(self._tail) > 2 * KEEP:
                self._cut()

    def line(self, text: str) -> None:
        """Appends a line of the platform's own, on a line of its own."""
        last = (self._tail or self._head)[-1:]
        if last and last != b"\n":
            self.add(b"\n")
        self.add(text.encode() + b"\n")

    def text(self) -> str:
        """Everything that was kept."""
        if len(self._tail) > KEEP:
            self._cut()
        middle = f"\n[{self._dropped} bytes of output not kept]\n" if self._dropped else ""
        return self._head.decode(errors="replace") + middle + self._tail.decode(errors="replace")

    def _cut(self) -> None:
        excess = len(self._tail) - KEEP
        del self._tail[:excess]
        self._dropped += excess
