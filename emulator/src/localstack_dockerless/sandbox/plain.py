"""Without a sandbox: a plain process that finds its places through its environment, as far as that goes."""

from __future__ import annotations

import shutil
from pathlib import Path

from localstack_dockerless.sandbox.model import Spec


class Places:
    """Turns the paths a function would see on Lambda into those of this machine."""

    def __init__(self, spec: Spec, opt: Path | None, tmp: Path) -> None:
        self._spec = spec
        self._tmp = tmp
        self._opt = opt or tmp / "opt"  # nowhere
        self._places = {"/var/task": spec.code, "/opt": self._opt} | {
            mount.target: mount.source for mount in spec.mounts
        }

    def command(self) -> list[str]:
        """Return the runtime's command line; it ends with the server, where the machine can do that."""
        tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        shell = ["/bin/sh", "-s"] if self._spec.several else []
        return tied + shell + [self.path(word) for word in self._spec.command]

    def environment(self) -> dict[str, str]:
        """Return the runtime's environment, with where /opt and /tmp are."""
        mapped = {name: self._paths(value) for name, value in self._spec.environment.items()}
        return {"TMPDIR": str(self._tmp), "DOCKERLESS_OPT": str(self._opt)} | mapped

    def _paths(self, value: str) -> str:
        return ":".join(map(self.path, value.split(":"))) if "/" in value else value

    def path(self, word: str) -> str:
        """Return where a path of the function's is on this machine."""
        for target, source in self._places.items():
            if word == target or word.startswith(f"{target}/"):
                return f"{source}{word[len(target) :]}"
        return word


def how_it_ended(code: int) -> tuple[int | None, int | None]:
    """Return exit status or signal from a return code of ``subprocess``."""
    return (None, -code) if code < 0 else (code, None)
