"""What a stack does when one of its resources fails: LocalStack 2026.3.0 leaves what was made, and says otherwise.

Rules: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.resource_provider import OperationStatus
from localstack.utils.patch import Patches

from localstack_dockerless.services.cloudformation.undo import Return, delete, failed, of

LOG = logging.getLogger(__name__)


def apply(patches: Patches) -> None:
    """Correct the engine, before the first stack exists."""
    patches.function(ChangeSetModelExecutor.execute, _execute)
    patches.function(ChangeSetModelExecutor._process_event, _event)


def _event(original: Any, executor: Any, **event: Any) -> None:
    """Of those that wait for a resource that failed, nothing was begun; LocalStack calls them failed, too."""
    operation, name = of(executor), event["logical_resource_id"]
    if event["action"] == ChangeAction.Remove and "PhysicalResourceId" in executor.resources.get(name, {}):
        _old_goes(original, executor, event)
        return
    if event["event_status"] == OperationStatus.FAILED and event["action"] != ChangeAction.Remove:
        if operation.failed:
            return
        operation.failed["create" if event["action"] == ChangeAction.Add else "update"] = name
    original(executor, **event)


def _old_goes(original: Any, executor: Any, event: dict[str, Any]) -> None:
    """A resource that was replaced is deleted, not the one in its place, which LocalStack then forgets."""
    name, states = event["logical_resource_id"], executor._change_set.stack.resource_states
    new, state = executor.resources.pop(name), states.get(name)
    try:
        original(executor, **event)
    finally:
        executor.resources[name] = new
        if state:
            states[name] = state


def _execute(original: Any, executor: Any) -> Any:
    result, stack = original(executor), executor._change_set.stack
    if stack.status == StackStatus.DELETE_IN_PROGRESS:
        return result
    if result.failure_message:
        try:
            end_failed(executor, result.failure_message)
        except Exception as error:  # nobody could do anything with a stack that stays in progress
            LOG.exception("rollback of %s", stack.stack_id)
            kind = "UPDATE_ROLLBACK" if stack.status.startswith("UPDATE") else "ROLLBACK"
            for status in (f"{kind}_IN_PROGRESS", f"{kind}_FAILED"):
                stack.set_stack_status(StackStatus(status), str(error))
    else:
        stack.resolved_outputs = result.outputs
    return result


def end_failed(executor: Any, message: str) -> None:
    """Do what was asked for in case of a failure.

    Args:
        executor: LocalStack's, which has failed.
        message: why, where no resource has failed.
    """
    stack = executor._change_set.stack
    words = "".join(
        f"The following resource(s) failed to {verb}: [{name}]. " for verb, name in of(executor).failed.items()
    )
    reason, updates = words or f"{message}. ", stack.status == StackStatus.UPDATE_IN_PROGRESS
    executor.outputs.clear()
    if wish(stack) == "DO_NOTHING":
        keep(executor._change_set, executor._before_resolved_resources, executor.resources)
        stack.set_stack_status(StackStatus.UPDATE_FAILED if updates else StackStatus.CREATE_FAILED, reason)
    elif updates:
        changed = [change for change in of(executor).changes if not is_nothing(change.before)]
        before = dict(executor._before_resolved_resources)
        stack.unfinished = Return(executor, changed, dict(executor.resources), before)
        stack.unfinished.begin(reason)
    else:
        _unmake(executor, reason)


def wish(stack: Any) -> str:
    """What is to happen with a stack that fails: ROLLBACK, DO_NOTHING or DELETE."""
    asked = stack.request_payload
    return str(asked.get("OnFailure") or ("DO_NOTHING" if asked.get("DisableRollback") else "ROLLBACK"))


def keep(change_set: Any, before: dict[str, Any], resources: dict[str, Any]) -> None:
    """So that the stack can be changed again, and deleted: a reference to what was never made would end that early.

    Args:
        change_set: which has failed.
        before: the resources that the stack had, by name.
        resources: those that it has now.
    """
    same = {name for name in before if _is_as_it_was(resources.get(name))}
    resources.update({name: before[name] for name in same})
    template, old = change_set.processed_template or {}, change_set.stack.processed_template or {}
    wanted = template.get("Resources", {}) | {name: old["Resources"][name] for name in same if old}
    made = {name: one for name, one in wanted.items() if "PhysicalResourceId" in resources.get(name, {})}
    half = {name: one for name, one in wanted.items() if resources.get(name, {}).get("Properties")}
    rest = {name: part for name, part in template.items() if name not in ("Outputs", "Transform")}
    change_set.template = rest | {"Resources": made}
    change_set.processed_template = rest | {"Resources": half | made}
    # LocalStack does this, too, but after the status that tells others to go on
    change_set.stack.resolved_resources = resources
    for name in ("template", "processed_template", "template_body", "resolved_parameters"):
        setattr(change_set.stack, name, getattr(change_set, name))


def _is_as_it_was(resource: dict[str, Any] | None) -> bool:
    """Not come to, or failed to change."""
    return resource is None or (
        "PhysicalResourceId" not in resource and "DELETE" not in resource.get("ResourceStatus", "")
    )


def _unmake(executor: Any, reason: str) -> None:
    """Delete what a creation has made; the stack stays, with nothing in it, if it is not to go as well."""
    stack, deletes = executor._change_set.stack, wish(executor._change_set.stack) == "DELETE"
    begun = StackStatus.DELETE_IN_PROGRESS if deletes else StackStatus.ROLLBACK_IN_PROGRESS
    stack.set_stack_status(begun, f"{reason}{'Delete' if deletes else 'Rollback'} requested by user.")
    left = delete(executor, [(change, executor.resources.get(change.name, {})) for change in of(executor).changes])
    gone = executor.resources.keys() - left
    for name in gone:
        del executor.resources[name]
    keep(executor._change_set, {}, executor.resources)
    done, stuck = (
        (StackStatus.DELETE_COMPLETE, StackStatus.DELETE_FAILED)
        if deletes
        else (StackStatus.ROLLBACK_COMPLETE, StackStatus.ROLLBACK_FAILED)
    )
    stack.deletion_time = datetime.now(UTC)
    stack.set_stack_status(stuck if left else done, failed("delete", left))
