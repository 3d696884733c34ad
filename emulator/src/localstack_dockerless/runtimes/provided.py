"""The OS-only runtimes: the function brings its own bootstrap."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from localstack_dockerless.runtimes.model import ENVIRONMENT, Runtime

IDENTIFIERS = ("provided.al2023", "provided.al2")

# A layer may bring the bootstrap; the function's own comes first.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
MISSING = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
_START = f"""for place in "$LAMBDA_TASK_ROOT" "${{DOCKERLESS_OPT:-/opt}}"; do
    [ -e "$place/bootstrap" ] && exec env -u DOCKERLESS_OPT -u PWD -u OLDPWD -u SHLVL -u _ "$place/bootstrap"
done
echo "Error: {MISSING}" >&2
exit 127"""


def resolve(identifier: str) -> Runtime:
    """Return how an OS-only runtime is run; see ``runtimes.resolve``."""
    return Runtime(identifier, ("/bin/sh", "-c", _START), environment=ENVIRONMENT)


def problem(code: Path, layers: Iterable[Path]) -> str:
    """Return why a function has no bootstrap that can be started, in Lambda's words; nothing if it has one.

    Args:
        code: the unpacked deployment package.
        layers: the unpacked layers in order; a later one wins.
    """
    places = [("/var/task", code), *(("/opt", layer) for layer in reversed(tuple(layers)))]
    for place, directory in places:
        file = directory / "bootstrap"
        if file.is_file():
            executable = file.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
            return "" if executable else f"fork/exec {place}/bootstrap: permission denied"
    return MISSING
