"""What `LAMBDA_DOCKER_FLAGS`, which users of LocalStack set for its containers, means without containers."""

from __future__ import annotations

import argparse
import functools
import os
import resource
import shlex
from dataclasses import dataclass, field
from typing import NoReturn

from localstack_dockerless.errors import DockerlessError

VARIABLE = "LAMBDA_DOCKER_FLAGS"


@dataclass(frozen=True)
class Flags:
    """The flags that have an equivalent.

    Args:
        variables: environment variables of every function; its own come after them.
        descriptors: how many files a function may have open, and how far it may raise that; None if nothing was said.
    """

    variables: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, int] | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DockerlessError(f"{VARIABLE} cannot be read ({message}); -e NAME=VALUE and --ulimit nofile=N are served.")


@functools.cache
def parse(text: str) -> Flags:
    """Read flags as Docker's command line has them.

    Raises:
        DockerlessError: one has no equivalent here; the sentence names it.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("-e", "--env", action="append", default=[])
    parser.add_argument("--ulimit", action="append", default=[])
    try:
        words = shlex.split(text)
    except ValueError as error:
        parser.error(str(error))
    known, unknown = parser.parse_known_args(words)
    if unknown:
        raise DockerlessError(f"{VARIABLE} has {unknown[0]!r}, which has no equivalent without Docker; leave it out.")
    limits = [_descriptors(limit) for limit in known.ulimit]
    return Flags(dict(map(_variable, known.env)), limits[-1] if limits else None)


def current() -> Flags:
    """Those of this process."""
    return parse(os.environ.get(VARIABLE, ""))


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise DockerlessError(f"{VARIABLE} has -e {text!r}; give NAME=VALUE.")
    return name, value


def _descriptors(text: str) -> tuple[int, int]:
    name, _, value = text.partition("=")
    soft, _, hard = value.partition(":")
    hard = hard or soft
    if name != "nofile" or not (soft.isdecimal() and hard.isdecimal()):
        raise DockerlessError(f"{VARIABLE} has --ulimit {text!r}; only nofile=N or nofile=N:M has an equivalent.")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if not 0 < int(soft) <= int(hard) or (most != resource.RLIM_INFINITY and int(hard) > most):
        raise DockerlessError(f"{VARIABLE} has --ulimit {text!r}; this machine allows 1 to {most}, N not above M.")
    return int(soft), int(hard)
