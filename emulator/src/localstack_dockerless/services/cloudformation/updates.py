"""Updates of stacks as LocalStack makes them, corrected.

Defects of LocalStack 2026.3.0 that are mended here: UpdateStack tells of success whatever happened, and a stack deleted
afterwards leaves what the update has added; a resource is replaced whenever one is changed that it refers to; a stack
is complete before its outputs are there; what an update has failed to change, or not come to, is forgotten; and the
deletion of a stack that failed ends, as if it were complete, where something refers to what was never made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor
from localstack.services.plugins import Service
from localstack.utils.patch import Patches

_SAME = (
    # What UpdateStack and CreateChangeSet have in common.
    *("StackName", "TemplateBody", "TemplateURL", "UsePreviousTemplate", "Parameters", "Capabilities", "RoleARN"),
    *("NotificationARNs", "Tags"),
)
_ABSENT = object()


def apply(patches: Patches) -> None:
    """Correct the engine, before the first stack exists."""
    patches.function(ChangeSetModelExecutor.execute, _execute)
    patches.function(ChangeSetModelExecutor._execute_resource_change, _change)


def serve(service: Service) -> None:
    """Correct the operation."""
    provider: Any = service._provider
    service.skeleton.dispatch_table["UpdateStack"] = lambda context, request: _update(provider, context, request)


def _update(provider: Any, context: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """By a change set, the way that SAM goes.

    Raises:
        ValidationError: there is nothing to change.
    """
    wanted: dict[str, Any] = {name: request[name] for name in _SAME if name in request}
    wanted |= {"ChangeSetName": f"update-{uuid4()}", "ChangeSetType": "UPDATE"}
    made = provider.create_change_set(context, wanted)
    described = provider.describe_change_set(context, change_set_name=made["Id"])
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason") or ""
        raise ValidationError("No updates are to be performed." if "contain changes" in reason else reason)
    provider.execute_change_set(context, change_set_name=made["Id"])
    return {"StackId": made["StackId"]}


def _execute(original: Any, executor: ChangeSetModelExecutor) -> Any:
    result, stack = original(executor), executor._change_set.stack
    if result.failure_message:
        _keep_what_is_there(executor._change_set, executor._before_resolved_resources, result.resources)
    else:
        stack.resolved_outputs = result.outputs
    return result


def _keep_what_is_there(change_set: Any, before: dict[str, Any], resources: dict[str, Any]) -> None:
    """So that the stack can be changed again, and deleted: a reference to what was never made would end that early.

    Args:
        change_set: which has failed.
        before: the resources that the stack had, by name.
        resources: those that it has now.
    """
    failed = {name for name in before if _is_as_it_was(resources.get(name))}
    resources.update({name: before[name] for name in failed})
    template, old = change_set.processed_template or {}, change_set.stack.processed_template or {}
    wanted = template.get("Resources", {}) | {name: old["Resources"][name] for name in failed if old}
    made = {name: one for name, one in wanted.items() if "PhysicalResourceId" in resources.get(name, {})}
    rest = {name: part for name, part in template.items() if name != "Outputs"}
    change_set.processed_template = rest | {"Resources": made}


def _is_as_it_was(resource: dict[str, Any] | None) -> bool:
    """Not come to, or failed to change."""
    return resource is None or (
        "PhysicalResourceId" not in resource and "DELETE" not in resource.get("ResourceStatus", "")
    )


def _change(original: Any, executor: Any, name: str, before: Any, after: Any) -> None:
    """Values decide whether a resource is replaced; LocalStack looks at where they come from."""
    if not is_nothing(before) and not is_nothing(after) and after.requires_replacement:
        after.requires_replacement = _differ(after.resource_type, before.properties, after.properties)
    original(executor, name, before, after)


def _differ(resource_type: str, before: Any, after: Any) -> bool:
    provider = ResourceProviderExecutor.try_load_resource_provider(resource_type)
    fixed = [path.split("/")[2] for path in provider.SCHEMA.get("createOnlyProperties", [])] if provider else []
    return any(before.properties.get(name, _ABSENT) != after.properties.get(name, _ABSENT) for name in fixed)
