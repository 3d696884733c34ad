"""How LocalStack carries out the changes of a stack, corrected.

Replacement: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from __future__ import annotations

import re
from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import ChangeType, is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor
from localstack.services.cloudformation.v2.entities import ChangeSet
from localstack.utils.patch import Patch, Patches
from localstack.utils.urls import localstack_host

_API = re.compile(r"^https?://(?P<id>[^./]+)\.execute-api\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.[^/:]+(?P<path>/.*)?$")


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    patches.function(ChangeSetModelExecutor._execute_resource_change, _change)
    patches.add(
        Patch(ChangeSetModelExecutor, "process", _process)
    )  # inherited from the preprocessor, which keeps its own
    patches.function(ChangeSetModelExecutor.visit_node_output, _output)
    patches.function(ChangeSet.has_changes, _has_changes)
    patches.add(Patch(ChangeSetModelPreproc, "_perform_static_replacements", staticmethod(_address)))


def _change(original: Any, executor: Any, name: str, before: Any, after: Any) -> None:
    """A resource is replaced if what only creation can set differs; LocalStack: if it refers to a resource that changes."""
    if not is_nothing(before) and not is_nothing(after) and before.resource_type == after.resource_type:
        after.requires_replacement = after.requires_replacement and _differs(executor, name, before, after)
    original(executor, name, before, after)


def _differs(executor: Any, name: str, before: Any, after: Any) -> bool:
    provider: Any = ResourceProviderExecutor.try_load_resource_provider(after.resource_type)
    known = {**before.properties.properties, **executor._merge_before_properties(name, before).properties}
    fixed = [pointer.removeprefix("/properties/") for pointer in provider.SCHEMA.get("createOnlyProperties", ())]
    return any(known.get(one) != after.properties.properties.get(one) for one in fixed)


def _process(executor: Any) -> Any:
    """Old resources go only after everything new is there; LocalStack deletes them after a failure, too."""
    try:
        return ChangeSetModelPreproc.process(executor)
    except Exception:
        executor._deferred_actions.clear()
        raise


def _output(original: Any, executor: Any, node_output: Any) -> Any:
    """An output keeps its description, which LocalStack leaves out."""
    count = len(executor.outputs)
    delta = original(executor, node_output)
    declared = executor._change_set.template.get("Outputs", {}).get(node_output.name) or {}
    if len(executor.outputs) > count and "Description" in declared:
        executor.outputs[-1]["Description"] = declared["Description"]
    return delta


def _has_changes(original: Any, change_set: Any) -> bool:
    """A template with a transform can be the same, too: what counts is what the transform makes of it."""
    template = change_set.update_model.node_template
    parts = (template.mappings, template.parameters, template.conditions, template.resources, template.outputs)
    return bool(original(change_set)) and any(part.change_type != ChangeType.UNCHANGED for part in parts)


def _address(value: str) -> str:
    """The name that AWS gives an API leads here: as elsewhere, with the region, without TLS."""
    if not (found := _API.match(value)):
        return value
    host = localstack_host()
    return f"http://{found['id']}.execute-api.{found['region']}.{host.host}:{host.port}{found['path'] or ''}"
