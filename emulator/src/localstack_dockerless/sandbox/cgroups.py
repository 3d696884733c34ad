"""Control groups: where this process may make them, in either version, and one group per environment.

A machine may have version 2 alone, version 1 alone, or the controllers in version 1 beside an empty version 2 hierarchy,
which still freezes and kills. Each controller is looked for by itself, so that a machine which delegates only some of
them to its users gives what it has.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from localstack_dockerless.sandbox import processes
from localstack_dockerless.sandbox.once import once

CONTROLLERS = ("memory", "cpu", "pids")
NAME = "localstack-dockerless"
_PATTERN = re.compile(NAME + r"-(\d+)-(\d+)-(\d+)")
_MADE: set[Path] = set()


@dataclass(frozen=True)
class Hierarchies:
    """The directories of this process's own groups, below which each environment gets one.

    Args:
        unified: in version 2, or None: freezes and kills.
        controllers: for ``memory``, ``cpu`` and ``pids``: the version and the directory; absent where not writable.
        reason: why there are none, for a person.
    """

    unified: Path | None = None
    controllers: dict[str, tuple[int, Path]] = field(default_factory=dict)
    reason: str = ""

    @property
    def freezes(self) -> bool:
        """Whether version 2 is there and new enough to freeze and kill a whole group."""
        return bool(self.unified and (self.unified / "cgroup.kill").exists())


def _owner() -> str:
    return f"{NAME}-{_namespace()}-{os.getpid()}-{_started(os.getpid())}"


def _namespace() -> int:
    """Return where process ids like ours mean something: a container that shares the control groups has its own."""
    return os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - what the link points to is no file


def _started(pid: int) -> int:
    """Return when a living process started (clock ticks since boot), else 0; tells reused ids apart.

    One that has ended and waits for its parent to notice (a zombie) is not living: an orphan's is init, which may take its time.
    """
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return 0 if state in "ZX" else int(fields[18])
    except (OSError, IndexError):
        return 0


@once
def find() -> Hierarchies:
    """Find where this process may make control groups, and make its own there."""
    if os.environ.get("DOCKERLESS_LIMITS") == "portable":
        return Hierarchies(reason="DOCKERLESS_LIMITS=portable asks to do without control groups")
    mounts, own = _mounts(), _memberships()
    controllers: dict[str, tuple[int, Path]] = {}
    unified = _second(mounts, own)
    if unified:
        available = (unified / "cgroup.controllers").read_text().split()
        _enable(unified, available)
        controllers = {name: (2, unified) for name in CONTROLLERS if name in available}
    for name in CONTROLLERS:
        if name not in controllers and (path := _first(name, mounts, own)):
            controllers[name] = (1, path)
    _favour(controllers)
    atexit.register(close)
    threading.Thread(target=sweep, name="dockerless-sweep", daemon=True).start()
    return Hierarchies(unified, controllers, "" if controllers else "no control group is writable for this user")


def _favour(controllers: dict[str, tuple[int, Path]]) -> None:
    """Weigh all environments together like eight processes, not like one: each is held to its own share anyway."""
    if "cpu" in controllers:
        version, path = controllers["cpu"]
        name, weight = ("cpu.shares", 8192) if version == 1 else ("cpu.weight", 800)
        (path / name).write_text(str(weight))


def _mounts() -> dict[str, tuple[Path, str]]:
    """Return where each controller ("" for version 2) is mounted, and which group is the root of that mount."""
    found: dict[str, tuple[Path, str]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        root, point = before.split(" ")[3:5]
        names = {"cgroup2": [""], "cgroup": options.split(",")}.get(kind, [])
        found |= {name: (Path(point), root) for name in names}
    return found


def _memberships() -> dict[str, str]:
    """Return the group of this process for each controller ("" for version 2)."""
    found: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        found |= dict.fromkeys(names.split(","), path)
    return found


def _directory(mount: tuple[Path, str], membership: str) -> Path:
    point, root = mount
    inside = os.path.relpath(membership, root)
    return point if inside.startswith("..") else point / inside


def _first(name: str, mounts: dict[str, tuple[Path, str]], own: dict[str, str]) -> Path | None:
    """Make this process's group of a version 1 controller below the group it is in."""
    if name not in mounts or name not in own:
        return None
    return _made(_directory(mounts[name], own[name]))


def _second(mounts: dict[str, tuple[Path, str]], own: dict[str, str]) -> Path | None:
    """Make this process's group in version 2: beside or above the one it is in, as a group with processes has no controllers."""
    if "" not in mounts or "" not in own:
        return None
    start, top = _directory(mounts[""], own[""]), mounts[""][0]
    places = [start, *(parent for parent in start.parents if parent.is_relative_to(top))]
    candidates = []
    for place in places:
        with contextlib.suppress(OSError):
            _enable(place, (place / "cgroup.controllers").read_text().split())
        if made := _made(place):
            candidates.append(made)
    best = max(candidates, key=lambda path: len(_wanted(path)), default=None)
    for path in candidates:
        if path != best:
            remove(path)
    return best


def _wanted(path: Path) -> list[str]:
    return [name for name in (path / "cgroup.controllers").read_text().split() if name in CONTROLLERS]


def _enable(path: Path, names: list[str]) -> None:
    for name in set(names) & set(CONTROLLERS):
        with contextlib.suppress(OSError):
            (path / "cgroup.subtree_control").write_text(f"+{name}")


def _made(parent: Path) -> Path | None:
    """Make this process's group in ``parent`` if a process can really be moved below it."""
    path = parent / _owner()
    trial = path / "trial"
    try:
        trial.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    join = ["/bin/sh", "-c", 'echo 0 > "$0"', str(trial / "cgroup.procs")]
    works = subprocess.run(join, capture_output=True, check=False).returncode == 0
    remove(trial)
    if works:
        _MADE.add(path)
        return path
    remove(path)
    return None


class Group:
    """The control groups of one environment, one directory in each hierarchy there is.

    A process joins groups of version 1 by itself, one thread at a time, which costs nothing. To join one of version 2 makes
    it wait about ten milliseconds for the kernel to synchronize, so it is moved there by another thread while it starts.
    """

    def __init__(self, identifier: str) -> None:
        found = find()
        self._controllers = {name: (number, path / identifier) for name, (number, path) in found.controllers.items()}
        first = {path for number, path in self._controllers.values() if number == 1}
        self._second = found.unified / identifier if found.unified else None
        self.quick_joins = [path / "tasks" for path in first]
        self.freezer = self._second if found.freezes else None
        self._directories = first | ({self._second} if self._second else set())
        self._joined: Future[None] | None = None
        self._listing = next(iter(first), self._second)
        try:
            for directory in self._directories:
                directory.mkdir(exist_ok=True)
        except BaseException:
            self.close()
            raise

    def join_later(self, pid: int) -> None:
        """Begin to move a process and everything below it to the group of version 2."""
        if self._second:
            self._joined = _joiner().submit(_move, self._second / "cgroup.procs", pid)

    def joined(self) -> None:
        """Wait until all processes are in the group."""
        if self._joined:
            self._joined.result()

    @property
    def lists(self) -> bool:
        """Whether there is a group that knows its processes, whoever their parents are."""
        return self._listing is not None

    def processes(self) -> list[int]:
        """Return the processes in the group, none where it is not known or not yet."""
        if not self._listing or not (self.quick_joins or (self._joined and self._joined.done())):
            return []
        # Opened anew each time: in version 1, an open file goes on telling of the processes it saw first.
        return [int(word) for word in processes.read(f"{self._listing}/cgroup.procs").split()]

    def controller(self, name: str) -> tuple[int, Path] | None:
        """Return the version and directory of a controller, None when this machine does not give it."""
        return self._controllers.get(name)

    def close(self) -> None:
        """Remove the directories; their processes must have been killed."""
        self.joined()
        for directory in self._directories:
            remove(directory)


@once
def _joiner() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "dockerless-joiner")


def _move(members: Path, pid: int) -> None:
    """Move a process and all below it; what they start afterwards is born in the group."""
    moved: set[int] = set()
    while left := [each for each in (pid, *processes.descendants(pid)) if each not in moved]:
        for each in left:
            with contextlib.suppress(OSError):  # it has ended
                members.write_text(str(each))
            moved.add(each)


def remove(path: Path, seconds: float = 3) -> None:
    """Remove a group as soon as its last process is gone, within ``seconds``."""
    until = time.monotonic() + seconds
    while path.is_dir():
        try:
            path.rmdir()
        except OSError:
            if time.monotonic() > until:
                return
            time.sleep(0.002)  # a killed process leaves its group a moment after it was reaped


def close() -> None:
    """Remove this process's own groups."""
    for path in _MADE:
        remove(path, 0.2)


def sweep() -> None:
    """Kill and remove what servers that were killed have left in any group."""
    for path, pid, started in _all():
        if _started(pid) != started:
            with contextlib.suppress(FileNotFoundError):  # another server sweeps at the same time
                _clear(path)


def _clear(path: Path) -> None:
    for group in [*path.iterdir(), path]:
        if group.is_dir():
            _kill(group)
            remove(group)


def made_by(pid: int) -> list[Path]:
    """Return the groups that a server made, by its process id."""
    return [path for path, owner, _ in _all() if owner == pid]


def _all() -> Iterator[tuple[Path, int, int]]:
    """Find the groups of every server in this process namespace: the directory, the process id and when it started."""
    here = _namespace()
    for point in {point for point, _ in _mounts().values()}:
        for folder, names, _ in os.walk(point):
            for name, numbers in [(name, numbers) for name in names if (numbers := _PATTERN.fullmatch(name))]:
                names.remove(name)
                if int(numbers[1]) == here:
                    yield Path(folder, name), int(numbers[2]), int(numbers[3])


def _kill(group: Path) -> None:
    for pid in (group / "cgroup.procs").read_text().split():
        with contextlib.suppress(OSError):
            os.kill(int(pid), 9)
