"""How a program in an image is started: what the image says, what the function overrides, and what the machine brings.

https://docs.aws.amazon.com/lambda/latest/dg/images-parms.html
"""

from __future__ import annotations

import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_dockerless import runtimes
from localstack_dockerless.images import oci
from localstack_dockerless.images.bases import ENTRYPOINT, architecture
from localstack_dockerless.images.tree import TooManyLinks, inside
from localstack_dockerless.runtimes import Runtime, provided
from localstack_dockerless.sandbox import Mount, Root

WITHOUT_RUNTIME = "image"
"""What the runtime of an image that has its own is called here."""
_SCRIPT = """\
#!/bin/sh
if [ $# -ne 1 ]; then
  echo "entrypoint requires the handler name to be the first argument" 1>&2
  exit 142
fi
export _HANDLER="$1"
if [ -n "$AWS_LAMBDA_EXEC_WRAPPER" ]; then
  exec "$AWS_LAMBDA_EXEC_WRAPPER" {command}
fi
exec {command}
"""
"""What AWS's base images start with."""
_BOOTSTRAPS = """\
for bootstrap in /var/runtime/bootstrap /var/task/bootstrap /opt/bootstrap; do
  if [ -x "$bootstrap" ]; then exec "$bootstrap"; fi
done
echo "Error: no bootstrap in /var/runtime, /var/task and /opt" >&2
exit 127"""
_MOST_MACHINES = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/var/lang", "/var/runtime", ENTRYPOINT)
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True)
class Launch:
    """A program in an image.

    Args:
        directory: where the image's files are on this machine.
        config: the image's configuration.
        overrides: the function's ImageConfig, as LocalStack keeps it.
    """

    directory: Path
    config: Mapping[str, Any]
    overrides: Any = None

    @property
    def label(self) -> str:
        """The runtime that the machine has to bring, or nothing."""
        return str(_of(self._settings, "Labels", dict).get(oci.RUNTIME_LABEL, ""))

    @property
    def command(self) -> list[str]:
        """ENTRYPOINT and CMD, each the function's own if it has one."""
        entrypoint = _override(self.overrides, "entrypoint") or _of(self._settings, "Entrypoint", list)
        return [
            *map(str, entrypoint),
            *map(str, _override(self.overrides, "command") or _of(self._settings, "Cmd", list)),
        ]

    @property
    def working_directory(self) -> str:
        """Where it starts."""
        place = str(_override(self.overrides, "working_directory") or self._settings.get("WorkingDir") or "")
        return place if place.startswith("/") else f"/{place}"

    @property
    def root(self) -> Root:
        """The image's files, as the sandbox wants them."""
        return Root(self.directory, not self.label, self.working_directory)

    @property
    def _settings(self) -> dict[str, Any]:
        return _of(self.config, "config", dict)

    def runtime(self, script: Path) -> Runtime:
        """Return how it runs.

        Args:
            script: where the program that AWS's base images begin with may be written.

        Raises:
            RuntimeUnavailable: the machine lacks the runtime that the image names.
        """
        variables = dict(word.partition("=")[::2] for word in _of(self._settings, "Env", list) if isinstance(word, str))
        if not self.label:
            return Runtime(WITHOUT_RUNTIME, tuple(self.command), environment=variables)
        found = runtimes.resolve(self.label)
        command = ("/bin/sh", "-c", _BOOTSTRAPS) if self.label in provided.IDENTIFIERS else found.command
        script.write_text(_SCRIPT.format(command=shlex.join(command)))
        script.chmod(0o755)
        return Runtime(
            self.label,
            tuple(self.command),
            (*found.mounts, Mount(script, ENTRYPOINT)),
            {**found.environment, **variables},
            found.note,
        )

    def problem(self) -> str:
        """Return why it cannot be started, in the words of whoever would start it; nothing if it can."""
        if not self.command:
            return "Couldn't find an ENTRYPOINT or a CMD in the image or the function's ImageConfig"
        program = self.command[0]
        if "/" in program:
            return self._workdir_problem() or self._program_problem(program)
        return self._workdir_problem()

    def _workdir_problem(self) -> str:
        place = self.working_directory
        if self.label and (place in ("/var/task", "/tmp") or place.startswith(_MOST_MACHINES)):  # noqa: S108 - inside
            return ""
        folder = self._find(place)
        return "" if folder and folder.is_dir() else f"chdir {place}: no such file or directory"

    def _program_problem(self, program: str) -> str:
        if self.label and program.startswith(_MOST_MACHINES):
            return ""
        file = self._find(program if program.startswith("/") else f"{self.working_directory}/{program}")
        if not file or not file.is_file():
            return f"fork/exec {program}: no such file or directory"
        if not file.stat().st_mode & _EXECUTABLE:
            return f"fork/exec {program}: permission denied"
        if not self.label and self.config.get("architecture") not in (None, architecture()):
            return f"fork/exec {program}: exec format error"
        return ""

    def _find(self, path: str) -> Path | None:
        try:
            found = inside(self.directory, path)
        except TooManyLinks:
            return None
        return found if found.exists() else None


def _of(values: Mapping[str, Any], name: str, kind: type) -> Any:
    """Return a part of a configuration, which may be null, or anything in an image that nobody checked."""
    found = values.get(name)
    return found if isinstance(found, kind) else kind()


def _override(overrides: Any, name: str) -> Any:
    return getattr(overrides, name, None)
