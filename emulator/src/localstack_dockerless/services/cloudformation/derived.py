"""Values of parameters that a single property does not give."""

from __future__ import annotations

from typing import Any

from localstack_dockerless.services.cloudformation.resources import Code, Model


def gone(name: str, key: str = "") -> Code:
    """Members of a list, or keys of a map, that are no longer there.

    Args:
        name: of the property.
        key: of the members, if only that counts; then only that is given.
    """

    def code(model: Model, before: Model) -> list[Any]:
        now, then = ([_part(one, key) for one in state.get(name) or []] for state in (model, before))
        return [one for one in then if one not in now]

    return code


def _part(member: Any, key: str) -> Any:
    return member[key] if key else member


def alone(name: str) -> Code:
    """A list of this property only."""
    return lambda model, _before: [model[name]]
