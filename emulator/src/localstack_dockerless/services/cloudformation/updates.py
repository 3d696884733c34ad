"""Updates of stacks as LocalStack makes them, corrected.

LocalStack 2026.3.0 replaces a resource whenever one is changed that it refers to.
"""

from __future__ import annotations

from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor
from localstack.utils.patch import Patches

from localstack_dockerless.services.cloudformation import undo

_ABSENT = object()


def apply(patches: Patches) -> None:
    """Correct the engine, before the first stack exists."""
    patches.function(ChangeSetModelExecutor._execute_resource_change, _change)


def _change(original: Any, executor: Any, name: str, before: Any, after: Any) -> None:
    """Values decide whether a resource is replaced; LocalStack looks at where they come from."""
    if not is_nothing(before) and not is_nothing(after) and after.requires_replacement:
        after.requires_replacement = _differ(after.resource_type, before.properties, after.properties)
    if not is_nothing(after):
        undo.of(executor).changes.append(undo.Change(name, before, after))
    original(executor, name, before, after)


def _differ(resource_type: str, before: Any, after: Any) -> bool:
    provider = ResourceProviderExecutor.try_load_resource_provider(resource_type)
    fixed = [path.split("/")[2] for path in provider.SCHEMA.get("createOnlyProperties", [])] if provider else []
    return any(before.properties.get(name, _ABSENT) != after.properties.get(name, _ABSENT) for name in fixed)
