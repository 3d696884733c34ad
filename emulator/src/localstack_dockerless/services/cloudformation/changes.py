"""Change sets as LocalStack makes and carries them out, corrected; `updates` is what an update of a stack needs besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localstack.services.cloudformation.engine.v2 import change_set_model_transform
from localstack.services.cloudformation.engine.v2.change_set_model import ChangeType
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.engine.v2.change_set_model_transform import SERVERLESS_TRANSFORM
from localstack.services.cloudformation.v2.entities import ChangeSet
from localstack.utils.patch import Patch, Patches


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    # inherited from the preprocessor, which keeps its own
    patches.add(Patch(ChangeSetModelExecutor, "process", _process))
    patches.function(ChangeSetModelExecutor.visit_node_output, _output)
    patches.function(ChangeSet.has_changes, _has_changes)
    patches.add(Patch(change_set_model_transform, "transform_sam", _sam(change_set_model_transform.transform_sam)))


def _process(executor: Any) -> Any:
    """Old resources go only after everything new is there; LocalStack deletes them after a failure, too."""
    try:
        return ChangeSetModelPreproc.process(executor)
    except Exception:
        executor._deferred_actions.clear()
        raise


def _sam(transform: Callable[..., Any]) -> Callable[..., Any]:
    """What is wrong with a template of SAM, in the words that AWS has for it."""

    def transformed(*arguments: Any, **named: Any) -> Any:
        from samtranslator.model.exceptions import InvalidDocumentException

        try:
            return transform(*arguments, **named)
        except InvalidDocumentException as error:
            words = " ".join([error.message, *(cause.message for cause in error.causes)])
            raise ValueError(f"Transform {SERVERLESS_TRANSFORM} failed with: {words}") from error

    return transformed


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
