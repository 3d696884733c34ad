"""What the service's own model says about a request: values that must be there, their sets, lengths and patterns.

LocalStack parses requests by the model but does not check them, and moto checks some. SDKs check less than AWS does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from localstack_dockerless.services.alb.errors import refuse

CLASSES = {r"\p{L}": r"\w", r"\p{Z}": r"\s", r"\p{N}": r"\d"}


def check(shape: Any, request: Any) -> None:
    """Refuse what breaks the model, in AWS's words.

    Args:
        shape: botocore's shape of the operation's input.
        request: the parsed request.
    """
    found = list(_broken(shape, request or {}, ""))
    if found:
        plural = "s" if len(found) > 1 else ""
        refuse("ValidationError", f"{len(found)} validation error{plural} detected: {'; '.join(found)}")


def _broken(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from _structure(shape, value, path)
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from _broken(shape.member, item, f"{path}.{number}.member")
    else:
        rules = _scalar(shape, value)
        yield from (f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {rule}" for rule in rules)


def _structure(shape: Any, value: Any, path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{path}.{_lower(name)}".lstrip(".")
        if value.get(name) is not None:
            yield from _broken(member, value[name], place)
        elif name in shape.required_members:
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _scalar(shape: Any, value: Any) -> Iterator[str]:
    rules = shape.metadata
    measured, size = (len(value), "length") if isinstance(value, str) else (value, "value")
    if rules.get("enum") and value not in rules["enum"]:
        yield f"satisfy enum value set: [{', '.join(rules['enum'])}]"
    if "max" in rules and measured > rules["max"]:
        yield f"have {size} less than or equal to {rules['max']}"
    if "min" in rules and measured < rules["min"]:
        yield f"have {size} greater than or equal to {rules['min']}"
    if "pattern" in rules and not _compiled(rules["pattern"]).search(value):
        yield f"satisfy regular expression pattern: {rules['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The model writes patterns for Java, whose names of character classes Python does not know."""
    for theirs, ours in CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    return re.compile(pattern)
