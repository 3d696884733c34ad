"""Values of a template as an operation takes them: CloudFormation tells no "80" from 80, and no "true" from true."""

from __future__ import annotations

from typing import Any

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}
_TRUTHS = {"true": True, "false": False}


def typed(shape: Any, value: Any) -> Any:
    """Give each value the type that the service's model asks for; what cannot have it stays, for the service to refuse.

    Args:
        shape: botocore's.
        value: as a template says it.
    """
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {name: typed(members[name], one) if name in members else one for name, one in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [typed(shape.member, one) for one in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: typed(shape.value, one) for name, one in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "boolean":
        return _TRUTHS.get(str(value).lower(), value)
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind in _NUMBERS and isinstance(value, str):
        try:
            return _NUMBERS[kind](value)
        except ValueError:
            return value
    return value
