"""Templates that CloudFormation refuses before it looks at a resource.

LocalStack 2026.3.0 follows YAML aliases, a few lines of which unfold to gigabytes, parses before it measures, and ends in
an InternalError on what is no resource, and on most functions with arguments that they do not take.
Quotas: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from localstack.aws.api import ServiceException
from localstack.services.cloudformation.engine import template_preparer, yaml_parser
from localstack.services.cloudformation.engine.v2 import change_set_model_transform
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.models import get_cloudformation_store
from localstack.services.cloudformation.v2.provider import CloudformationProviderV2
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services.cloudformation import circles

MOST_BYTES: Final = 1_000_000
MOST_RESOURCES: Final = 500
SECTIONS: Final = ("Resources", "Parameters", "Mappings", "Conditions", "Outputs")
_UNFIT: Final = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
DEEPEST: Final = 200
"""Levels, far above what a template needs and below what Python's parsers and LocalStack's visitors stand."""


def apply(patches: Patches) -> None:
    """Put the checks where templates are parsed."""
    parse = template_preparer.parse_template
    patches.add(Patch(template_preparer, "parse_template", lambda template: _whole(_parse(parse, template))))
    patches.add(Patch(change_set_model_transform, "parse_template", lambda included: _parse(parse, included)))
    patches.add(Patch(yaml_parser.NoDatesSafeLoader, "compose_node", _compose))
    for name in ("create_stack", "create_change_set", "update_stack", "get_template_summary"):
        patches.function(getattr(CloudformationProviderV2, name), _evaluate)


def _evaluate(original: Any, provider: Any, context: Any, request: Any) -> Any:
    """What LocalStack's engine takes for granted is the fault of the template that has not got it.

    A request that is refused leaves no stack; LocalStack's is there, and its name taken.
    """
    stacks = get_cloudformation_store(context.account_id, context.region).stacks_v2
    before = set(stacks)
    try:
        return original(provider, context, request)
    except Exception as error:
        for identifier, stack in list(stacks.items()):
            if identifier not in before and stack.stack_name == request.get("StackName"):
                del stacks[identifier]
        if isinstance(error, _UNFIT) and not isinstance(error, ServiceException):
            raise ValidationError(f"Template error: it cannot be evaluated ({error})") from error
        raise


def _compose(loader: Any, parent: Any, index: Any) -> Any:
    if loader.check_event(yaml.AliasEvent):
        raise ValidationError("Template error: YAML aliases are not allowed in CloudFormation templates")
    return yaml.SafeLoader.compose_node(loader, parent, index)


def _parse(parse: Any, template: str) -> Any:
    if len(template.encode(errors="replace")) > MOST_BYTES:
        raise ValidationError(f"Template may not exceed {MOST_BYTES} bytes in size.")
    parsed = parse(template)
    check(parsed)
    return parsed


def _whole(template: Any) -> Any:
    """What a part that is included need not have."""
    if not template.get("Resources"):
        raise ValidationError("Template format error: At least one Resources member must be defined.")
    return template


def check(template: Any) -> None:
    """Refuse what is no template.

    Args:
        template: parsed; the included part of one as well.

    Raises:
        ValidationError: see the words.
    """
    if not isinstance(template, dict):
        raise ValidationError("Template format error: unsupported structure.")
    if _depth(template) > DEEPEST:
        raise ValidationError("Template format error: the template is nested too deeply.")
    for section in SECTIONS:
        if not isinstance(template.get(section) or {}, dict):
            raise ValidationError(f"Template format error: [/{section}] is malformed")
    resources = template.get("Resources") or {}
    if len(resources) > MOST_RESOURCES:
        raise ValidationError(
            f"Template format error: Number of resources, {len(resources)}, is greater than maximum allowed, "
            f"{MOST_RESOURCES}"
        )
    for name, resource in resources.items():
        if not name.startswith("Fn::") and not _is_resource(resource):
            raise ValidationError(f"Template format error: [/Resources/{name}] resource definition is malformed")
    circles.check(resources)
    for part in _parts([resources, template.get("Outputs")]):
        _check_functions(part)


def _is_resource(resource: Any) -> bool:
    return (
        isinstance(resource, dict)
        and isinstance(resource.get("Type"), str)
        and isinstance(resource.get("Properties") or {}, dict)
    )


def _parts(values: list[Any]) -> Iterator[dict[str, Any]]:
    while values:
        value = values.pop()
        if isinstance(value, dict):
            yield value
        values += _inner(value)


def _check_functions(part: dict[str, Any]) -> None:
    """The functions whose arguments LocalStack takes for what they should be."""
    attribute = part.get("Fn::GetAtt", ["resource", "attribute"])
    pair = attribute.split(".", 1) if isinstance(attribute, str) else attribute
    if not isinstance(pair, list) or len(pair) < 2 or not all(pair) or not isinstance(pair[0], str):  # noqa: PLR2004
        raise ValidationError(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
            "resource attribute"
        )
    match part.get("Fn::Sub", ""):
        case str() | [str(), dict()]:
            return
    raise ValidationError(
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as "
        "first argument, and an optional second argument to specify a mapping of values to replace in the string"
    )


def _depth(value: Any) -> int:
    """Level by level, for a template may be deeper than Python's stack; no level counts for more than is there."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        level = [inner for one in level for inner in _inner(one)]
    return depth


def _inner(value: Any) -> list[Any]:
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in found if isinstance(one, dict | list)]
