"""Resources that wait for each other: AWS refuses the template, LocalStack 2026.3.0 waits for ever.

Rule: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from localstack.services.cloudformation.engine.validations import ValidationError

_IN_TEXT: Final = re.compile(r"\$\{([^!.}]+)(?:\.[^}]*)?\}")


def check(resources: Mapping[str, Any]) -> None:
    """Refuse resources that refer to each other in a circle.

    Args:
        resources: of a template, by name.

    Raises:
        ValidationError: there is one.
    """
    graph = {name: set(_waits_for(resource)) & resources.keys() for name, resource in resources.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise ValidationError(f"Circular dependency between resources: [{names}]") from None


def _waits_for(resource: Any) -> Iterator[str]:
    if not isinstance(resource, dict):
        return
    before = resource.get("DependsOn") or ()
    yield from (name for name in ([before] if isinstance(before, str) else before) if isinstance(name, str))
    parts = [resource.get(name) for name in ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy")]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            yield from _referred(part)
            parts += part.values()
        elif isinstance(part, list):
            parts += part


def _referred(part: Mapping[str, Any]) -> Iterator[str]:
    match part:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(path)}:
            yield path.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from _IN_TEXT.findall(text)
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from (name for name in _IN_TEXT.findall(text) if name not in own)
