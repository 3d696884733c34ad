"""What a runtime is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_dockerless.sandbox.model import Mount

ENVIRONMENT = {
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
}
"""What every runtime finds in its environment.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""


class RuntimeUnavailable(Exception):  # noqa: N818 - the name says what it is
    """This machine cannot run functions of that runtime; the message says why and what mends it.

    Args:
        code: what Lambda calls the reason.
    """

    def __init__(self, message: str, code: str = "InvalidRuntime") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Runtime:
    """How functions of one runtime are run on this machine.

    Args:
        identifier: AWS's name, such as ``python3.13``.
        command: what starts the runtime's process, in paths as the function sees them.
        mounts: what it needs at ``/var/lang`` and ``/var/runtime``.
        environment: the variables that Lambda sets for this runtime, whatever the function.
        note: one sentence when something else than AWS's version serves it, otherwise empty.
    """

    identifier: str
    command: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def managed(identifier: str, **more: str) -> dict[str, str]:
    """Return the environment of a managed runtime, with what only this one sets.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return ENVIRONMENT | {"PWD": "/var/task", "SHLVL": "0", "AWS_EXECUTION_ENV": f"AWS_Lambda_{identifier}"} | more
