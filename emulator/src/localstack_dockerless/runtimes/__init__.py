"""Runtimes: which interpreter of this machine serves ``python3.13``, and what Lambda puts around it."""

from localstack_dockerless.runtimes import node, provided, python
from localstack_dockerless.runtimes.model import Runtime, RuntimeUnavailable

__all__ = ["Runtime", "RuntimeUnavailable", "resolve"]


def resolve(identifier: str) -> Runtime:
    """Return how functions of a runtime are run on this machine.

    Args:
        identifier: AWS's name: ``python3.10`` to ``python3.14``, ``nodejs20.x`` to ``nodejs24.x``, ``provided.al2023``.

    Raises:
        RuntimeUnavailable: the machine lacks what it needs, or the runtime is not served; the message says which.
    """
    for family in (python, node, provided):
        if identifier in family.IDENTIFIERS:
            return family.resolve(identifier)
    raise RuntimeUnavailable(f"{identifier} is not a runtime that localstack-dockerless serves")
