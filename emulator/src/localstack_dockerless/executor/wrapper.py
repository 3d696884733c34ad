"""`AWS_LAMBDA_EXEC_WRAPPER`: a script that starts the runtime in its own way.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from localstack_dockerless.executor.variables import is_os_only

NAME = "AWS_LAMBDA_EXEC_WRAPPER"

_SCRIPT = f"""\
if [ ! -f "${NAME}" ]; then echo "${NAME}: does not exist"; exit 127; fi
if [ ! -x "${NAME}" ]; then echo "${NAME}: is not an executable"; exit 126; fi
exec "${NAME}" "$@"
"""


def command(runtime_command: Sequence[str], runtime: str, own: Mapping[str, str]) -> Sequence[str]:
    """The runtime's command line, behind the function's wrapper if it names one; OS-only runtimes have none."""
    if not own.get(NAME) or is_os_only(runtime):
        return runtime_command
    return ("/bin/sh", "-c", _SCRIPT, "sh", *runtime_command)
