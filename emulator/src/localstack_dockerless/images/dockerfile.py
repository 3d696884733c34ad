"""Reads the part of the Dockerfile language that builds functions.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localstack_dockerless.errors import DockerlessError

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_DIRECTIVE = re.compile(r"#\s*escape\s*=")


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Args:
        line: its number, from 1; 0 for one that was given on the command line.
        name: ``COPY`` and so on.
        value: the rest of it.
    """

    line: int
    name: str
    value: str

    def refuse(self, words: str) -> DockerlessError:
        """Return an error that names the line."""
        place = f"Dockerfile, line {self.line}" if self.line else f"--{self.name.lower()}"
        return DockerlessError(f"{place}: {words}")

    def words(self) -> list[str]:
        """Return the words of the value, which may be a JSON list, without quotation marks.

        Raises:
            DockerlessError: a quotation mark is not closed.
        """
        if listed := self._listed():
            return listed
        try:
            return shlex.split(self.value)
        except ValueError:
            raise self.refuse(f"{self.value!r} has an opening quotation mark and no closing one.") from None

    def command(self) -> list[str]:
        """Return a command line, which is a JSON list or a line for the shell."""
        listed = self._listed()
        return ["/bin/sh", "-c", self.value] if listed is None else listed

    def _listed(self) -> list[str] | None:
        try:
            found = json.loads(self.value)
        except ValueError:
            return None
        return found if isinstance(found, list) and all(isinstance(word, str) for word in found) else None


def read(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile.

    Raises:
        DockerlessError: it cannot be read.
    """
    if text.startswith("#") and _DIRECTIVE.match(text):
        raise DockerlessError("Dockerfile, line 1: another escape character is not supported; remove the directive.")
    return [_instruction(number, line) for number, line in _lines(text)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each instruction with the number of its first line; lines that end with a backslash go on."""
    begun, collected = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        begun = begun or number
        collected += stripped.removesuffix("\\")
        if not stripped.endswith("\\"):
            yield begun, collected
            begun, collected = 0, ""
    if collected:
        yield begun, collected


def _instruction(number: int, line: str) -> Instruction:
    name, _, value = line.partition(" ")
    return Instruction(number, name.upper(), value.strip())


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with ``$NAME`` and ``${NAME}`` replaced; unknown ones become nothing, as Docker does."""
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], ""), text)
