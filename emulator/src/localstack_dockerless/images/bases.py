"""What an image can begin with: nothing, or what stands in for a base image of AWS.

AWS's base images hold Amazon Linux, a runtime and its client. The stand-in holds nothing: its configuration is that of
AWS's, and a label names the runtime, which the machine brings where the image runs.

https://docs.aws.amazon.com/lambda/latest/dg/python-image.html#python-image-base
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, field

from localstack_dockerless.images import oci
from localstack_dockerless.runtimes import node, provided, python

SCRATCH = "scratch"
ENTRYPOINT = "/lambda-entrypoint.sh"
TASK = "/var/task"
_NAME = re.compile(
    r"(?:public\.ecr\.aws/lambda/|amazon/aws-lambda-)(python|nodejs|provided):([\w.]+)(?:-(x86_64|arm64))?"
)
_SUFFIX = {"nodejs": ".x"}
_SEPARATOR = {"provided": "."}
_VARIABLES = {
    "LANG": "en_US.UTF-8",
    "TZ": ":/etc/localtime",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "LAMBDA_TASK_ROOT": TASK,
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
}


@dataclass(frozen=True)
class Base:
    """What a build begins with.

    Args:
        runtime: the runtime that the machine brings; nothing for an image that has all it needs.
        variables: environment variables.
        entrypoint: what starts it.
        working_directory: where.
    """

    runtime: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    working_directory: str = "/"

    @property
    def labels(self) -> dict[str, str]:
        """What tells where the image runs that the machine has to bring its runtime."""
        return {oci.RUNTIME_LABEL: self.runtime} if self.runtime else {}


def find(name: str) -> Base | None:
    """Return the base of an image name (``public.ecr.aws/lambda/python:3.13``), a runtime or ``scratch``; None if unknown."""
    if name == SCRATCH:
        return Base()
    runtime = _runtime(name)
    if runtime not in (*python.IDENTIFIERS, *node.IDENTIFIERS, *provided.IDENTIFIERS):
        return None
    return Base(runtime, dict(_VARIABLES), (ENTRYPOINT,), TASK)


def _runtime(name: str) -> str:
    if found := _NAME.fullmatch(name):
        family, version, _ = found.groups()
        return f"{family}{_SEPARATOR.get(family, '')}{version}{_SUFFIX.get(family, '')}"
    return name


def architecture() -> str:
    """Return this machine's processor as images name it."""
    machine = platform.machine().lower()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
