"""Change sets as LocalStack makes and carries them out, corrected; `updates` is what an update of a stack needs besides."""

from __future__ import annotations

from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import ChangeType
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.v2.entities import ChangeSet
from localstack.utils.patch import Patch, Patches


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    # inherited from the preprocessor, which keeps its own
    patches.add(Patch(ChangeSetModelExecutor, "process", _process))
    patches.function(ChangeSetModelExecutor.visit_node_output, _output)
    patches.function(ChangeSet.has_changes, _has_changes)


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
    template = executor._change_set.template or {}  # none where a stack is deleted
    declared = template.get("Outputs", {}).get(node_output.name) or {}
    if len(executor.outputs) > count and "Description" in declared:
        executor.outputs[-1]["Description"] = declared["Description"]
    return delta


def _has_changes(original: Any, change_set: Any) -> bool:
    """A template with a transform can be the same, too: what counts is what the transform makes of it."""
    template = change_set.update_model.node_template
    parts = (template.mappings, template.parameters, template.conditions, template.resources, template.outputs)
    return bool(original(change_set)) and any(part.change_type != ChangeType.UNCHANGED for part in parts)
