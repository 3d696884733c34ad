"""The constraints of an API's own model, as its service checks them before anything else.

SDKs check what is required and minima, nothing more; LocalStack 2026.3.0 checks what somebody once recorded. The model
says the rest: lengths, ranges, patterns, sets of values. AWS names everything that fails at once, in the words here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import Shape

Limits = Mapping[str, Mapping[str, Any]]
"""By name of a shape, constraints that hold instead of the model's; None takes one away."""


def problems(shape: Shape, value: Any, limits: Limits, path: str = "") -> Iterator[str]:
    """Everything that is wrong with a value.

    Args:
        shape: of botocore's model.
        value: as LocalStack parsed it.
        limits: what holds instead of the model's own constraints.
        path: where the value stands; nothing for a whole request.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        yield from _members(shape, value, limits, path)
    elif kind == "list" and isinstance(value, list):
        yield from _elements(shape, value, limits, path)
    elif kind == "map" and isinstance(value, Mapping):
        yield from _entries(shape, value, limits, path)
    else:
        yield from (_said(shape, value, path, words) for words in _violated(shape, value, limits))


def _members(shape: Any, value: Mapping[str, Any], limits: Limits, path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        inner = f"{path}.{_lower(name)}" if path else _lower(name)
        if value.get(name) is not None:
            yield from problems(member, value[name], limits, inner)
        elif name in shape.required_members:
            yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"


def _elements(shape: Any, value: list[Any], limits: Limits, path: str) -> Iterator[str]:
    """Elements that are plain values are named as one, with all that they have to satisfy."""
    yield from (_said(shape, value, path, words) for words in _violated(shape, value, limits))
    if shape.member.type_name in ("structure", "list", "map"):
        for number, element in enumerate(value, 1):
            yield from problems(shape.member, element, limits, f"{path}.{number}.member")
    elif any(element is None or any(_violated(shape.member, element, limits)) for element in value):
        words = ", ".join([*_all(shape.member, limits), "Member must not be null"])
        yield _said(shape, value, path, f"Member must satisfy constraint: [{words}]")


def _entries(shape: Any, value: Mapping[str, Any], limits: Limits, path: str) -> Iterator[str]:
    yield from (_said(shape, value, path, words) for words in _violated(shape, value, limits))
    if any(any(_violated(shape.key, key, limits)) for key in value):
        words = ", ".join(_all(shape.key, limits))
        yield _said(shape, value, path, f"Map keys must satisfy constraint: [{words}]")
    if any(any(_violated(shape.value, one, limits)) for one in value.values()):
        words = ", ".join([*_all(shape.value, limits), "Member must not be null"])
        yield _said(shape, value, path, f"Map value must satisfy constraint: [{words}]")


def _all(shape: Shape, limits: Limits) -> list[str]:
    return [words for words, _ in _constraints(shape, limits)]


def _said(shape: Shape, value: Any, path: str, words: str) -> str:
    """A value that is a secret is not repeated."""
    shown = "" if shape.metadata.get("sensitive") else f" '{_shown(value)}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: {words}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}={_shown(one)}' for key, one in value.items())}}}"
    return str(value)


def _violated(shape: Shape, value: Any, limits: Limits) -> Iterator[str]:
    return (words for words, holds in _constraints(shape, limits) if not holds(value))


def _constraints(shape: Shape, limits: Limits) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """Each constraint in AWS's words, with its test."""
    rules = {name: rule for name, rule in {**shape.metadata, **limits.get(shape.name, {})}.items() if rule is not None}
    numeric = shape.type_name in ("integer", "long", "double", "float")
    noun, measure = ("value", float) if numeric else ("length", len)
    if (most := rules.get("max")) is not None:
        yield f"Member must have {noun} less than or equal to {most}", lambda value: measure(value) <= most
    if (least := rules.get("min")) is not None:
        yield f"Member must have {noun} greater than or equal to {least}", lambda value: measure(value) >= least
    if values := rules.get("enum"):
        yield f"Member must satisfy enum value set: [{', '.join(values)}]", lambda value: value in values
    if pattern := rules.get("pattern"):
        matches = _compiled(pattern).fullmatch
        yield f"Member must satisfy regular expression pattern: {pattern}", lambda value: bool(matches(value))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
