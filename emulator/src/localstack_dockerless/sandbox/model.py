"""What an execution environment is made of, and what it can be asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from localstack_dockerless.sandbox.init import Init
    from localstack_dockerless.sandbox.network import Namespace


@dataclass(frozen=True)
class Mount:
    """A file or directory of this machine that the function finds at another place.

    Args:
        source: the file or directory on this machine.
        target: the absolute path at which the function sees it (``/var/runtime``, ``/mnt/data``).
        read_only: whether the function may only read it.
    """

    source: Path
    target: str
    read_only: bool = True


@dataclass(frozen=True)
class Root:
    """The files of a container image, as an execution environment's own, read-only.

    Args:
        directory: where they are on this machine.
        alone: whether they are all there is; otherwise the machine's programs, libraries and settings are there, too.
        working_directory: where the runtime's process starts.
    """

    directory: Path
    alone: bool
    working_directory: str = "/"


@dataclass(frozen=True)
class Spec:
    """One execution environment.

    Args:
        identifier: names the environment in control groups and messages; letters, digits, dashes.
        command: the runtime's command line, in paths as the function sees them.
        environment: the runtime's whole environment; nothing is inherited from the server.
        code: the unpacked deployment package, seen as ``/var/task``.
        layers: unpacked layers in order, merged into ``/opt``; a later one wins.
        mounts: further places, the runtime's own (``Runtime.mounts``) among them.
        memory_mb: configured memory (MB); more of it means a larger CPU share.
        ephemeral_mb: size of ``/tmp`` (MB).
        directory: an absent or empty directory that belongs to this environment alone and goes with it.
        names: further host names and their addresses.
        network: the network it is in; the machine's without one, and without bubblewrap.
        several: whether programs beside the runtime are to run in it; see ``Box.start``.
        root: of a function from a container image, which needs bubblewrap; then ``code`` and ``layers`` are nowhere.
    """

    identifier: str
    command: Sequence[str]
    environment: Mapping[str, str]
    code: Path
    layers: tuple[Path, ...] = ()
    mounts: tuple[Mount, ...] = ()
    memory_mb: int = 128
    ephemeral_mb: int = 512
    directory: Path = field(default_factory=Path)
    names: Mapping[str, str] = field(default_factory=dict)
    network: Namespace | None = None
    several: bool = False
    root: Root | None = None


@dataclass(frozen=True)
class Exit:
    """How the runtime's process ended.

    Args:
        status: its exit status, None when a signal ended it.
        signal: the number of the signal that ended it, None when it exited by itself.
        out_of_memory: whether it was killed because the environment used more than its memory.
    """

    status: int | None
    signal: int | None
    out_of_memory: bool = False


class Box(Protocol):
    """An execution environment that runs one runtime process at a time."""

    def start(self, output_fd: int, extensions_fd: int = -1) -> Init | None:
        """Start the runtime's process; after an exit it may be started again and finds its ``/tmp`` as it was.

        Args:
            output_fd: where standard output and standard error go; the caller may close it afterwards.
            extensions_fd: the same for the other programs, where ``Spec.several`` allows some.

        Returns:
            None; with ``Spec.several`` what starts programs, the runtime among them, of which none runs yet. Closing
            it ends all.
        """

    def terminate(self) -> None:
        """Ask the runtime's process to end (SIGTERM)."""

    def freeze(self) -> None:
        """Stop every process of the environment, so that none uses the processor."""

    def thaw(self) -> None:
        """Let the processes of the environment go on."""

    def throttle(self, on: bool) -> None:
        """Hold the environment to its CPU share (on) or let it use every core, as during INIT (off)."""

    def on_exit(self, callback: Callable[[Exit], None]) -> None:
        """Call ``callback`` from a thread of this package at every end of the runtime; it must return quickly.

        With ``Spec.several`` it is the end of everything.
        """

    def kill(self) -> None:
        """End every process of the environment at once, frozen or not."""

    def peak_memory_mb(self) -> int:
        """Return the most memory (MB) that the processes have used since the last start."""

    def pids(self) -> list[int]:
        """Return the processes of the function, as this machine numbers them."""

    def close(self) -> None:
        """End the environment and remove its processes, control groups, mounts and files; may be repeated."""
