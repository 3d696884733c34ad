"""The first program of an environment that runs several: a shell that starts them, signals them and tells of their ends.

It reads commands from a connection to the server and writes what happened to the same. A shell costs a millisecond and
next to no memory, and every machine has one. Each program has another copy of it that waits for its end.
"""

from __future__ import annotations

import contextlib
import shlex
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localstack_dockerless.sandbox.model import Exit

RUNTIME = 0
"""The number of the runtime; extensions have others."""

SCRIPT = """\
exec 3<&0
run() {
  number=$1; without=$2; shift 2
  { { unset $without; exec "$@"; } </dev/null 3<&- & echo "$number started $!" >&3; wait $! 2>/dev/null; echo "$number ended $?" >&3; } &
}
"""
_ANSWER = 65536


@dataclass(frozen=True)
class Ended:
    """The end of a program.

    Args:
        number: which.
        exit: how.
    """

    number: int
    exit: Exit


class Init:
    """The server's end of the connection.

    Args:
        connection: the connection.
        place: where a path of the function's is on this machine.
        how_it_ended: exit status and signal for what the shell says of an end.
    """

    def __init__(
        self,
        connection: socket.socket,
        place: Callable[[str], str],
        how_it_ended: Callable[[int], tuple[int | None, int | None]],
    ) -> None:
        self._connection = connection
        self._place = place
        self._how_it_ended = how_it_ended
        self._read = b""
        self._pids: dict[int, str] = {}
        self._signals: dict[int, str] = {}  # for programs whose start has not been told of yet
        self.is_over = False
        """Whether the shell has ended."""

    def fileno(self) -> int:
        """Return the descriptor that is readable when there is something new."""
        return self._connection.fileno()

    def run_runtime(self) -> None:
        """Start the runtime; standard output and standard error are the environment's output."""
        self._send(f'run {RUNTIME} "" "$@" 2>&1')

    def run(self, number: int, command: Sequence[str], without: Sequence[str]) -> None:
        """Start another program, which writes to the extensions' output.

        Args:
            number: what its end will be told by; not ``RUNTIME``.
            command: its command line, in paths as the function sees them.
            without: names of variables that it does not share with the runtime.
        """
        words = [" ".join(without), *map(self._place, command)]
        self._send(f"run {number} {shlex.join(words)} >&2")

    def signal(self, number: int, name: str) -> None:
        """Send a signal ("TERM") to a program, now or when ``news`` tells of its start."""
        if number in self._pids:
            self._send(f"kill -{name} {self._pids[number]} 2>/dev/null")
        else:
            self._signals[number] = name

    def news(self) -> list[Ended]:
        """Return the ends that were told since the last time."""
        try:
            data = self._connection.recv(_ANSWER, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return []
        except OSError:  # it was killed
            data = b""
        self.is_over = not data
        self._read += data
        *lines, self._read = self._read.split(b"\n")
        found = []
        for number, what, value in (line.decode().split() for line in lines):
            if what == "started":
                self._pids[int(number)] = value
                if name := self._signals.pop(int(number), None):
                    self.signal(int(number), name)
            else:
                self._pids.pop(int(number), None)
                found.append(Ended(int(number), Exit(*self._how_it_ended(int(value)))))
        return found

    def close(self) -> None:
        """Hang up, which ends the shell."""
        self._connection.close()

    def _send(self, line: str) -> None:
        with contextlib.suppress(OSError):  # the shell was killed, which the environment tells by itself
            self._connection.sendall(line.encode() + b"\n")
