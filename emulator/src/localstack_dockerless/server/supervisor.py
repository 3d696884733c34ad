"""The small parent of the server: it outlives it by a moment and leaves nothing behind.

Descendants of a process that dies go to the nearest "subreaper" above it. So whatever way the server ends, by a request
or by SIGKILL, its functions' processes become children of this one, which ends them and removes the temporary files.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from localstack_dockerless import __version__
from localstack_dockerless.sandbox import strays
from localstack_dockerless.server import state

GRACE = 2.0  # seconds between asking the server to stop and ending it
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CLONE_NEWNS, CLONE_NEWUSER, MS_REC, MS_SLAVE, MNT_DETACH = 0x20000, 0x10000000, 0x4000, 0x80000, 2


def main() -> None:
    """Become the parent of one server, described by the environment (see `environment.py`)."""
    data, port = Path(os.environ["DOCKERLESS_DATA"]), int(os.environ["DOCKERLESS_PORT"])
    _adopt_orphans()
    os.environ["DOCKERLESS_MOUNTS"] = "1" if _own_mounts() else "0"
    stopping = _Stop()
    server = os.fork()
    if server == 0:
        _be_server()
    state.write(data, supervisor=os.getpid(), pid=server, port=port, version=__version__)
    stopping.watch(server)
    code = _wait(server)
    _end_descendants()
    if code < 0:
        _remove_control_groups()
    _unmount(data)
    state.sweep(data)
    sys.exit(0 if stopping.asked else code or 1)


def _libc(function: str, *args: object) -> bool:
    """Call a Linux function; whether it worked (never elsewhere)."""
    if sys.platform != "linux":
        return False
    return bool(getattr(ctypes.CDLL(None), function)(*args) == 0)


def _adopt_orphans() -> None:
    if _libc("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        os.environ[strays.ADOPTER] = str(os.getpid())
    if os.environ.get("DOCKERLESS_FOREGROUND"):
        _libc("prctl", PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _own_mounts() -> bool:
    """A mount namespace: what the server and its functions mount is seen by them alone and dies with them."""
    if os.geteuid() != 0:
        return _own_users()
    return _libc("unshare", CLONE_NEWNS) and _separate()


def _separate() -> bool:
    return _libc("mount", b"none", b"/", None, MS_REC | MS_SLAVE, None)


def _own_users() -> bool:
    """Who is not root may mount in a user namespace only, where the same user is called root.

    Tried in a child first: AppArmor (Ubuntu 24.04) lets a process enter a namespace and then refuses to map its user,
    and who is in there without a name does not come back.
    """
    trial = os.fork()
    if trial == 0:
        status = 1
        try:
            status = 0 if _enter_users() else 1
        finally:
            os._exit(status)
    _, status = os.waitpid(trial, 0)
    return status == 0 and _enter_users()


def _enter_users() -> bool:
    user, group = os.geteuid(), os.getegid()
    if not _libc("unshare", CLONE_NEWUSER | CLONE_NEWNS):
        return False
    try:
        for name, value in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            Path("/proc/self", name).write_text(value)
    except OSError:
        return False
    return _separate()


class _Stop:
    """Passes a request to stop on to the server, and ends it when it takes too long."""

    def __init__(self) -> None:
        self.server = 0
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(signal.SIGALRM, self._force)

    def watch(self, server: int) -> None:
        """From now on requests go to this process; also one that came before it was there."""
        self.server = server
        if self.asked:
            self._ask(0, None)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        self._send(signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _force(self, _number: int, _frame: FrameType | None) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.server:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.server, number)


def _be_server() -> None:
    parent = os.getppid()
    _libc("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    os.close(int(os.environ.pop("DOCKERLESS_LOCK")))
    os.execv(sys.executable, [sys.executable, "-m", "localstack_dockerless.server"])  # noqa: S606


def _wait(server: int) -> int:
    """Reap whatever ends until the server has; its exit status."""
    while True:
        pid, status = os.wait()
        if pid == server:
            return os.waitstatus_to_exitcode(status)


def _end_descendants() -> None:
    """Kill everything the server left, however deep: killing a parent brings its children up to us."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.005)


def _unmount(data: Path) -> None:
    """Take away what a server that was killed had mounted: what is a mount point cannot be removed."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines() if sys.platform == "linux" else ():
        point = line.split(" ")[4].encode().decode("unicode_escape")
        if Path(point).is_relative_to(data / "tmp"):
            _libc("umount2", os.fsencode(point), MNT_DETACH)


def _remove_control_groups() -> None:
    """A server that was killed could not remove its own."""
    from localstack_dockerless.sandbox import cgroups

    with contextlib.suppress(OSError):
        cgroups.sweep()


def _children() -> list[int]:
    try:
        return [int(child) for child in Path("/proc/thread-self/children").read_text().split()]
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN, or not Linux
        import psutil

        return [child.pid for child in psutil.Process().children()]


if __name__ == "__main__":
    main()
