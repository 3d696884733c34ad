"""Finds the Python interpreters of this machine: real ones that start, never a version manager's stand-in."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ASK = """import json, sys; print(json.dumps([list(sys.version_info[:3]), sys.base_prefix]))"""


@dataclass(frozen=True)
class Interpreter:
    """A Python interpreter.

    Args:
        version: the first two numbers, such as ``3.13``.
        release: all three numbers.
        prefix: where it is installed; ``bin/python3.13`` lies below it.
    """

    version: str
    release: str
    prefix: Path

    @property
    def executable(self) -> Path:
        """The binary itself."""
        return self.prefix / "bin" / f"python{self.version}"


@functools.cache
def find(version: str) -> Interpreter | None:
    """Return the first interpreter of a version ("3.13") that starts, or None."""
    probed = (probe(candidate, version) for candidate in candidates(version))
    return next((interpreter for interpreter in probed if interpreter), None)


def candidates(version: str) -> Iterator[Path]:
    """Return where an interpreter of a version may be, most wanted first; scripts that stand for one are left out."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    folders += [Path("/usr/local/bin"), Path("/usr/bin")]
    found = [folder / name for folder in folders]
    found += sorted((pyenv / "versions").glob(f"{version}.*/bin/{name}"), reverse=True)
    found += sorted(managed.glob(f"cpython-{version}.*/bin/{name}"), reverse=True)
    seen: set[Path] = set()
    for path in found:
        if path.is_file() and not _is_script(path) and (real := path.resolve()) not in seen:
            seen.add(real)
            yield path


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def probe(path: Path, version: str) -> Interpreter | None:
    """Start a binary, ask it what it is, and return it if that is the version wanted."""
    try:
        answer = subprocess.run([path, "-I", "-S", "-c", _ASK], capture_output=True, timeout=20, check=True).stdout
        numbers, prefix = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    found = Interpreter(".".join(map(str, numbers[:2])), ".".join(map(str, numbers)), Path(prefix))
    return found if found.version == version and found.executable.exists() else None
