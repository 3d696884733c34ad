"""An AWS session for checks: whatever would change something is refused before it is sent."""

from typing import Any, Final

import boto3
from botocore.model import OperationModel

READING: Final = ("Describe", "Filter", "Get", "Head", "List", "TestEventPattern")


class NotReadOnlyError(Exception):
    """A check tried to change something."""


def session(prefix: str) -> boto3.Session:
    """Return a session that reads, and invokes functions of one lab.

    Behaviour is part of what a check looks at, so ``Invoke`` is allowed: a dry run of any function, a real one of the lab's own.

    Args:
        prefix: How the names of the lab's functions begin, such as ``coldstart-14-``.
    """

    def guard(params: dict[str, Any], model: OperationModel, **_: object) -> None:
        if not (model.name.startswith(READING) or _may_invoke(model.name, params, prefix)):
            raise NotReadOnlyError(f"A check may not call {model.service_model.service_name} {model.name}.")

    reader = boto3.Session()
    reader.events.register("before-parameter-build", guard)
    return reader


def _may_invoke(operation: str, params: dict[str, Any], prefix: str) -> bool:
    own = str(params.get("FunctionName", "")).startswith(prefix)
    return operation == "Invoke" and (own or params.get("InvocationType") == "DryRun")
