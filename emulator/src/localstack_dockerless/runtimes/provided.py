"""The OS-only runtimes: the function brings its own bootstrap."""

from __future__ import annotations

from localstack_dockerless.runtimes.model import ENVIRONMENT, Runtime

IDENTIFIERS = ("provided.al2023", "provided.al2")

# A layer may bring the bootstrap; the function's own comes first.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
_START = """for place in "$LAMBDA_TASK_ROOT" "${DOCKERLESS_OPT:-/opt}"; do
    [ -e "$place/bootstrap" ] && exec env -u DOCKERLESS_OPT -u PWD -u OLDPWD -u SHLVL -u _ "$place/bootstrap"
done
echo "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]" >&2
exit 127"""


def resolve(identifier: str) -> Runtime:
    """Return how an OS-only runtime is run; see ``runtimes.resolve``."""
    return Runtime(identifier, ("/bin/sh", "-c", _START), environment=ENVIRONMENT)
