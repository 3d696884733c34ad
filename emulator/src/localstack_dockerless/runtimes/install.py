"""Installs what a Python function finds in /var/runtime: AWS's runtime interface client and SDK."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localstack_dockerless.runtimes.interpreters import Interpreter

FILES = Path(__file__).parent / "files"
STAMP = ".installed"
STARTER = "bootstrap.py"


class InstallError(Exception):
    """The client could not be installed; the message says why."""


def requirements() -> Path:
    """Return the locked list of what is installed."""
    return FILES / "runtime.txt"


def directory(identifier: str) -> Path:
    """Return where the client of a runtime is (``python3.13``)."""
    root = os.environ.get("DOCKERLESS_RUNTIMES") or Path(sys.prefix) / "share/localstack-dockerless/runtimes"
    return Path(root) / identifier


def is_current(identifier: str) -> bool:
    """Return whether the client is installed as this version of the package wants it."""
    starter = directory(identifier) / STARTER
    return _has_packages(identifier) and starter.is_file() and starter.read_bytes() == (FILES / STARTER).read_bytes()


def _has_packages(identifier: str) -> bool:
    stamp = directory(identifier) / STAMP
    return stamp.is_file() and stamp.read_text() == _fingerprint()


def _fingerprint() -> str:
    return hashlib.sha256(requirements().read_bytes()).hexdigest()


def install(interpreter: Interpreter) -> bool:
    """Install the client for an interpreter and return whether there was anything to do.

    Raises:
        InstallError: the installer failed; the message ends with its last words.
    """
    identifier = f"python{interpreter.version}"
    if is_current(identifier):
        return False
    with _alone(directory(identifier)):
        if not _has_packages(identifier):
            _install_packages(interpreter, directory(identifier))
        shutil.copy(FILES / STARTER, directory(identifier))
    return True


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep out another installation of the same client."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_packages(interpreter: Interpreter, target: Path) -> None:
    """Install aside, then exchange, so that a start meanwhile finds the old or the new."""
    fresh = target.with_name(f".{target.name}-{os.getpid()}")
    for stale in target.parent.glob(f".{target.name}-*"):  # of an installation that was killed
        shutil.rmtree(stale, ignore_errors=True)
    try:
        _run(_installer(interpreter, fresh))
        (fresh / ".lock").unlink(missing_ok=True)  # uv's
        (fresh / STAMP).write_text(_fingerprint())
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _installer(interpreter: Interpreter, target: Path) -> list[str]:
    what = [
        "--target",
        str(target),
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
        "-r",
        str(requirements()),
    ]
    if uv := os.environ.get("UV") or shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(interpreter.executable), *what]
    pip = [str(interpreter.executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [*pip, "--no-warn-script-location", "--compile", *what]


def _run(command: list[str]) -> None:
    """Run an installer.

    Raises:
        InstallError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise InstallError(f"{command[0]} failed: {words[-1]}")
