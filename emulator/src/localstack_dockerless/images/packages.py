"""`RUN pip install`: packages are installed for the runtime, next to the handler, by this machine's installer."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localstack_dockerless.images import bases
from localstack_dockerless.images.dockerfile import Instruction
from localstack_dockerless.runtimes import interpreters

_WITHOUT_EFFECT = ("--no-cache-dir", "--quiet", "-q", "--upgrade", "-U", "--disable-pip-version-check")
_KEPT = ("--no-deps", "--no-index", "--pre", "--require-hashes")
_FILE = ("-r", "--requirement")
_TARGET = ("-t", "--target")
_SHELL = set("&|;<>`$")


class Packages:
    """Where packages are installed until the image is built; a context manager that removes it."""

    def __enter__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="dockerless-build-"))

    def __exit__(self, *_error: Any) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)

    def install(
        self, instruction: Instruction, line: str, runtime: str, context: Path, given: Callable[[str], Path | None]
    ) -> Path:
        """Install what a line asks for and return where it is.

        Args:
            instruction: the RUN instruction.
            line: its command line, with variables replaced.
            runtime: for which runtime (``python3.13``).
            context: the directory in which relative paths of a requirements file are looked up.
            given: returns the file at a place in the image.

        Raises:
            DockerlessError: the line is another than `pip install`, or the installation failed.
        """
        interpreter = interpreters.find(runtime.removeprefix("python"))
        if not interpreter:
            raise instruction.refuse(f"{runtime} is not installed on this machine.")
        target = self._directory / str(instruction.line)
        words = _arguments(instruction, line, given)
        command = [*_installer(str(interpreter.executable)), "--target", str(target), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=context)
        if done.returncode:
            raise instruction.refuse(f"the installation failed: {(done.stderr or done.stdout).strip()}")
        for file in (target / ".lock", *target.rglob("__pycache__")):
            shutil.rmtree(file, ignore_errors=True) if file.is_dir() else file.unlink(missing_ok=True)
        return target


def _installer(python: str) -> list[str]:
    if uv := os.environ.get("UV") or shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", python]
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]


def _arguments(instruction: Instruction, line: str, given: Callable[[str], Path | None]) -> list[str]:
    words = Instruction(instruction.line, "RUN", line).words()
    command = words[2:] if words[:2] in (["python", "-m"], ["python3", "-m"]) else words
    if command[:2] not in (["pip", "install"], ["pip3", "install"]) or _SHELL & set(line):
        raise instruction.refuse("only `pip install` is supported in RUN, alone and without shell syntax.")
    rest, arguments = iter(command[2:]), []
    for word in rest:
        if word in _FILE:
            arguments += ["-r", _requirements(instruction, next(rest, ""), given)]
        elif word in _TARGET:
            _check_target(instruction, next(rest, ""))
        elif word in _KEPT or not word.startswith("-"):
            arguments.append(word)
        elif word not in _WITHOUT_EFFECT:
            raise instruction.refuse(f"the option {word} of pip install is not supported.")
    return arguments


def _requirements(instruction: Instruction, name: str, given: Callable[[str], Path | None]) -> str:
    file = given(name)
    if not file:
        raise instruction.refuse(f"{name!r} has not been copied into the image.")
    return str(file)


def _check_target(instruction: Instruction, place: str) -> None:
    if place.rstrip("/") not in (bases.TASK, "."):
        raise instruction.refuse(f"packages go to {bases.TASK}, not to {place}.")
