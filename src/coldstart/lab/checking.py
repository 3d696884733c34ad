"""Checks: named conditions on what a learner has built, with a message for a person when one does not hold.

``labs/checks/<slug>.py`` holds functions that take a read-only session:

    @check("split-40-60", "Version 2 answers 60 % of the calls")
    def split(aws: boto3.Session) -> None:
        ...
        raise CheckFailed("The alias `live` sends everything to version 1; give version 2 a weight of 0.6.")
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import boto3
from botocore.exceptions import ClientError

from coldstart.course import section
from coldstart.errors import CourseError
from coldstart.lab.readonly import NotReadOnlyError

Function = Callable[[boto3.Session], None]


class CheckFailed(Exception):  # noqa: N818 - reads as what happened, like pytest's own
    """The condition does not hold; the message tells a person what is missing."""


@dataclass(frozen=True)
class Check:
    """A condition: its name, what it says when it holds, and the function that looks."""

    name: str
    title: str
    function: Function


@dataclass(frozen=True)
class Result:
    """What a check found; the message is empty when it passed."""

    name: str
    title: str
    passed: bool
    message: str


def check(name: str, title: str) -> Callable[[Function], Check]:
    """Make a check of a function.

    Args:
        name: How a notebook calls it, ``split-40-60``.
        title: What is true when it passes, in a few words.
    """
    return lambda function: Check(name, title, function)


def load(slug: str) -> dict[str, Check]:
    """Return a section's checks by name, in the order of their file.

    Raises:
        CourseError: The section has no checks.
    """
    path = section(slug).checks
    if not path.exists():
        raise CourseError(f"{path} does not exist; it is where the checks of {slug} belong.")
    spec = importlib.util.spec_from_file_location(f"coldstart_checks_{slug.replace('-', '_')}", path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path} cannot be imported as Python.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {found.name: found for found in _checks(module)}


def _checks(module: ModuleType) -> list[Check]:
    return [value for value in vars(module).values() if isinstance(value, Check)]


def look(candidate: Check, aws: boto3.Session) -> Result:
    """Run one check. An answer of AWS that it did not expect counts as a failure, told in AWS's words."""
    try:
        candidate.function(aws)
    except CheckFailed as failure:
        return Result(candidate.name, candidate.title, passed=False, message=str(failure))
    except ClientError as error:
        return Result(candidate.name, candidate.title, passed=False, message=f"AWS answered: {error}")
    except NotReadOnlyError as error:
        return Result(candidate.name, candidate.title, passed=False, message=f"The check itself is at fault: {error}")
    return Result(candidate.name, candidate.title, passed=True, message="")
