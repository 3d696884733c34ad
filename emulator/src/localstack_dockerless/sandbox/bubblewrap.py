"""The sandbox: what bubblewrap is told so that a process sees what it would see on Lambda, and nothing else."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localstack_dockerless.sandbox import rootfs, seccomp
from localstack_dockerless.sandbox.limits import PROCESSES
from localstack_dockerless.sandbox.model import Spec
from localstack_dockerless.sandbox.once import once

SKELETON = Path(__file__).parent / "skeleton"
_NAME = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
USER, GROUP = "993", "990"
"""sbx_user1051, the user that functions run as on Lambda."""
NAME_SERVER = "169.254.78.1"
"""Where a function in a network of its own asks for the addresses of names, as on Lambda."""
CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

_NAMESPACES = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "localhost", "--die-with-parent")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What programs look up in /etc: certificates and alternatives of commands; names, libraries, users (the sandbox's own).
_ETC_FOLDERS = ("alternatives", "pki", "ssl")
_HOSTS, _RESOLVER = "/etc/hosts", "/etc/resolv.conf"
_OWN_HOSTS = b"127.0.0.1 localhost\n"
_FILES = {
    _HOSTS: Path(_HOSTS),
    "/etc/ld.so.cache": Path("/etc/ld.so.cache"),
    "/etc/os-release": Path("/etc/os-release"),
    _RESOLVER: Path(_RESOLVER),
    "/etc/group": SKELETON / "etc/group",
    "/etc/nsswitch.conf": SKELETON / "etc/nsswitch.conf",
    "/etc/passwd": SKELETON / "etc/passwd",
    "/lambda-entrypoint.sh": SKELETON / "lambda-entrypoint.sh",
}
_DROP = ("setpriv", "--reuid", USER, "--regid", GROUP, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--")
_MAP = ("--unshare-user", "--uid", USER, "--gid", GROUP)


@dataclass(frozen=True)
class Means:
    """How bubblewrap works on this machine.

    Args:
        program: the bubblewrap binary.
        drops: whether this process is the machine's root and becomes another user inside;
            otherwise a user namespace only makes it look so.
        filters: whether the kernel filters system calls.
    """

    program: str
    drops: bool
    filters: bool = False


class Unusable(Exception):  # noqa: N818 - the name says what it is
    """Bubblewrap does not work here; the message says why."""


@once
def means() -> Means:
    """Try bubblewrap as it will be used, and return what works.

    Raises:
        Unusable: it is missing, unwanted (``DOCKERLESS_SANDBOX=plain``) or not allowed to make namespaces.
    """
    if os.environ.get("DOCKERLESS_SANDBOX") == "plain":
        raise Unusable("DOCKERLESS_SANDBOX=plain asks to do without it")
    program = shutil.which("bwrap")
    if not program:
        raise Unusable("it is not installed")
    words = ""
    for choice in _choices(program):
        done = _try(choice)
        if done.returncode == 0:
            return choice
        words = done.stderr.strip() or f"exit status {done.returncode}"
    raise Unusable(f"it is installed but not allowed to work: {words}")


def _choices(program: str) -> list[Means]:
    """Return the ways to use it, the best one first."""
    users = [True, False] if _is_root() and shutil.which("setpriv") else [False]
    filters = [True, False] if seccomp.program() else [False]
    return [Means(program, drops, each) for drops in users for each in filters]


def _try(choice: Means) -> subprocess.CompletedProcess[str]:
    """Run a program that does nothing."""
    descriptors: list[int] = []
    filtered = _filter(choice, descriptors)
    drop = _DROP if choice.drops else ()
    trial = [choice.program, *_namespaces(choice), *filtered, *_base(), *_kernel(), "--", *drop, "/usr/bin/true"]
    try:
        return subprocess.run(
            trial,
            capture_output=True,
            text=True,
            check=False,
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
        )
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _filter(choice: Means, descriptors: list[int]) -> list[str]:
    """Return the option that refuses system calls, and add the descriptor it names."""
    steps = seccomp.program() if choice.filters else None
    if steps is None:
        return []
    descriptors.append(memory_file(steps))
    return ["--seccomp", str(descriptors[-1])]


def _is_root() -> bool:
    """Return whether this process is root of the machine, not of a user namespace that lacks the sandbox's user."""
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return os.geteuid() == 0 and any(first <= int(USER) < first + count for first, _, count in ranges)


def _namespaces(choice: Means) -> tuple[str, ...]:
    return _NAMESPACES if choice.drops else _NAMESPACES + _MAP


def _base() -> list[str]:
    """Return the machine's programs and libraries, read-only."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            words += ["--ro-bind", name, name]
    return words


def _kernel() -> list[str]:
    return ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]


def memory_file(content: bytes) -> int:
    """Return the descriptor of a file in memory."""
    descriptor = os.memfd_create("dockerless", 0)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _looked_up(names: Mapping[str, str], name_server: str) -> dict[str, bytes]:
    """Return what is to stand in files of /etc: further names in front of the machine's, or a network's own names."""
    lines = "".join(f"{address} {name}\n" for name, address in names.items()).encode()
    if name_server:
        return {_HOSTS: lines + _OWN_HOSTS, _RESOLVER: f"nameserver {name_server}\n".encode()}
    return {_HOSTS: lines + Path(_HOSTS).read_bytes()} if names and Path(_HOSTS).exists() else {}


def _own_files(looked_up: Mapping[str, bytes], descriptors: list[int]) -> dict[str, int]:
    """Return descriptors of what an image finds instead of files of its own, by places, and add them to the others."""
    content = {place: _FILES[place].read_bytes() if place in _FILES else b"" for place in rootfs.OWN}
    content |= {place: Path(place).read_bytes() for place in (_HOSTS, _RESOLVER) if Path(place).exists()}
    found = {place: memory_file(each) for place, each in {**content, **looked_up}.items()}
    descriptors += found.values()
    return found


def _etc(descriptors: list[int], looked_up: Mapping[str, bytes]) -> list[str]:
    """Return the files a program looks up, as copies: every mount would cost a good part of a millisecond."""
    words: list[str] = []
    for target, source in _FILES.items():
        own = looked_up.get(target)
        if own is not None or source.exists():
            descriptors.append(os.open(source, os.O_RDONLY | os.O_CLOEXEC) if own is None else memory_file(own))
            words += ["--perms", "0755" if target.endswith(".sh") else "0644", "--file", str(descriptors[-1]), target]
    for name in _ETC_FOLDERS:
        if Path("/etc", name).is_dir():
            words += ["--ro-bind", f"/etc/{name}", f"/etc/{name}"]
    return words


def _shell() -> list[str]:
    """Make /bin/sh behave like bash, as on Amazon Linux, and keep this machine's quick one to start the runtime with."""
    shell, bash = os.path.realpath("/bin/sh"), os.path.realpath(shutil.which("bash") or "/bin/sh")
    return ["--ro-bind", shell, _LAUNCHER, *(["--ro-bind", bash, shell] if bash != shell else [])]


# Bubblewrap would make the parents of what it binds for root alone.
_PARENTS = ("/etc", "/mnt", "/var/lang", "/var/lang/bin", "/var/runtime", "/var/rapid")
_FOLDERS = tuple(word for path in _PARENTS for word in ("--dir", path))
_DEADLY = {signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGKILL, signal.SIGSEGV,
           signal.SIGPIPE, signal.SIGTERM, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSYS}  # fmt: skip
_LAUNCHER = "/var/rapid/init"  # on Lambda, too, this is what starts the runtime


def arguments(spec: Spec, opt: Path | None, tmp: Path | None) -> tuple[list[str], list[int]]:
    """Return bubblewrap's options for an environment, and the open descriptors they name.

    Args:
        spec: the environment.
        opt: what it finds at ``/opt``; nothing without it.
        tmp: what it finds at ``/tmp``; without it, a new one of the right size at every start.
    """
    descriptors: list[int] = []
    looked_up = _looked_up(spec.names, NAME_SERVER if spec.network else "")
    words = [*_namespaces(means()), *_filter(means(), descriptors)]
    if spec.root is None or not spec.root.alone:
        words += [*_base(), *_FOLDERS, *_etc(descriptors, looked_up), *_shell()]
    if spec.root is None:
        words += ["--ro-bind", str(spec.code), "/var/task"]
        words += ["--ro-bind", str(opt), "/opt"] if opt else ["--dir", "/opt"]
    elif spec.root.alone:
        words += rootfs.alone(spec.root, _own_files(looked_up, descriptors))
    else:
        words += rootfs.beside(spec.root)
    words += _kernel()
    if tmp:
        words += ["--bind", str(tmp), "/tmp"]  # noqa: S108 - the function's own
    else:
        words += ["--perms", "1777", "--size", str(spec.ephemeral_mb * 1024 * 1024), "--tmpfs", "/tmp"]  # noqa: S108
    for mount in spec.mounts:
        words += ["--ro-bind" if mount.read_only else "--bind", str(mount.source), mount.target]
    for place in ("/", *(rootfs.WRITABLE if spec.root and spec.root.alone else ())):
        words += ["--remount-ro", place]
    return [*words, "--chdir", spec.root.working_directory if spec.root else "/var/task"], descriptors


def command(arguments_fd: int, runtime: Sequence[str], *, alone: bool = False) -> list[str]:
    """Return the command line of a sandboxed process, which reads ``script`` from its standard input.

    Args:
        arguments_fd: where bubblewrap reads its options.
        runtime: the runtime's command.
        alone: whether it runs in an image that has nothing of this machine but what starts it.
    """
    choice = means()
    program = rootfs.program if alone else lambda name: [name]
    drop = [*program(_DROP[0]), *_DROP[1:]] if choice.drops else []
    return [choice.program, "--args", str(arguments_fd), "--", *drop, *program(_LAUNCHER), "-s", *runtime]


RUN = 'exec "$@" </dev/null\n'


def script(environment: Mapping[str, str], *, limit_processes: bool, last: str = RUN) -> bytes:
    """Return what sets the runtime's environment, exactly, just before it starts (or before ``last``).

    It is set this late so that nothing in it (``LD_PRELOAD``) reaches a program that still has rights, and handed over
    as a file in memory so that it is in no command line. What the shell would not take for a name is left out.
    """
    lines = ["unset PWD OLDPWD SHLVL _"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in environment.items() if _NAME.fullmatch(name)]
    if limit_processes:
        lines.append(f"ulimit -u {PROCESSES} 2>/dev/null || ulimit -p {PROCESSES}")
    return "\n".join([*lines, last]).encode()


def null_separated(words: Iterable[str]) -> bytes:
    """Return words as ``--args`` wants them.

    Raises:
        ValueError: one has a null character, after which others would begin.
    """
    encoded = [os.fsencode(word) for word in words]
    if any(b"\0" in word for word in encoded):
        raise ValueError("a null character in an argument of the sandbox")
    return b"".join(word + b"\0" for word in encoded)


def how_it_ended(code: int) -> tuple[int | None, int | None]:
    """Return exit status or signal from bubblewrap's return code.

    It says 128 and the number for a signal, which a process may also say of itself (Node.js ends with 129 after an
    uncaught exception): only the signals that befall a process by its own doing or by the kernel's count as such.
    """
    if code < 0:
        return None, -code
    return (None, code - 128) if code - 128 in _DEADLY else (code, None)
