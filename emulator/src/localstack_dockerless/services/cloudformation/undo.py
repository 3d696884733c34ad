"""The way back from an operation on a stack that has failed.

Everything that an operation does to a resource is noted; from there, resources that were changed get the properties that
they had, those that were replaced are again the ones they were, and what was made is deleted last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack.aws.api.cloudformation import ChangeAction, ResourceStatus, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import PreprocProperties
from localstack.services.cloudformation.resource_provider import OperationStatus

RETAINED = ("Retain", "Snapshot")


@dataclass(frozen=True)
class Change:
    """What an operation has done to a resource, or tried to.

    Attributes:
        name: the logical id.
        before: LocalStack's resource as it was, with the values of its properties; Nothing if it is new.
        after: as it was to be.
    """

    name: str
    before: Any
    after: Any

    @property
    def adds(self) -> bool:
        """Whether there is a resource that was not there before."""
        return is_nothing(self.before) or self.replaces

    @property
    def replaces(self) -> bool:
        """Whether the one that was there is still there, too."""
        return not is_nothing(self.before) and (
            bool(self.after.requires_replacement) or self.before.resource_type != self.after.resource_type
        )


@dataclass
class Operation:
    """What an executor has done so far.

    Attributes:
        changes: in their order.
        failed: the resource that failed first, by what was to be done with it; none if it was the template.
    """

    changes: list[Change] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def of(executor: Any) -> Operation:
    """The operation of an executor."""
    operation: Operation = executor.__dict__.setdefault("operation", Operation())
    return operation


@dataclass
class Return:
    """An update on its way back.

    Attributes:
        executor: LocalStack's, which has failed.
        changed: the resources that do not have again what they had.
        after: the resources that there were when the update failed, by name.
        before: those that the stack had, and is to have.
    """

    executor: Any
    changed: Sequence[Change]
    after: dict[str, Any]
    before: dict[str, Any]

    def begin(self, reason: str | None = None) -> None:
        """Give every resource back what it had, then delete what is new.

        Args:
            reason: why.
        """
        stack = self.executor._change_set.stack
        stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, reason)
        left = [change for change in self.changed if not self._restore(change)]
        self._settle()
        stack.unfinished = Return(self.executor, left, self.after, self.before) if left else None
        if left:
            reason = failed("update", (change.name for change in left))
            stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_FAILED, reason)
            return
        stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS)
        added = [change for change in of(self.executor).changes if change.adds]
        delete(self.executor, [(change, self.after.get(change.name, {})) for change in added])
        stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_COMPLETE)

    def again(self, skipped: Collection[str]) -> None:
        """Go on after a failure.

        Args:
            skipped: the resources that stay as they are.
        """
        for change in self.changed:
            if change.name in skipped:
                self._has_returned(change.name, self.before[change.name])
        left = [change for change in self.changed if change.name not in skipped]
        Return(self.executor, left, self.after, self.before).begin()

    def _restore(self, change: Change) -> bool:
        """Whether a resource has again what it had."""
        executor, old = self.executor, self.before[change.name]
        _tell(executor, change.name, ResourceStatus.UPDATE_IN_PROGRESS, old)
        if not change.replaces:
            event = executor._execute_resource_action(
                ChangeAction.Modify,
                change.name,
                old["Type"],
                PreprocProperties(self._now(change)),
                PreprocProperties(_values(change.before)),
            )
            if event.status == OperationStatus.FAILED:
                _tell(executor, change.name, ResourceStatus.UPDATE_FAILED, old, event.message)
                return False
            # Some of LocalStack's providers make a new resource.
            made = executor.resources[change.name]
            old = old if made["PhysicalResourceId"] == old["PhysicalResourceId"] else made
        self._has_returned(change.name, old)
        return True

    def _now(self, change: Change) -> dict[str, Any]:
        """The properties of a resource after a change that was made, or made in part."""
        resource = self.after.get(change.name, {})
        model = resource if "PhysicalResourceId" in resource else self.before[change.name]
        then = _values(change.before)
        kept = {name: value for name, value in model.get("Properties", {}).items() if name not in then}
        return kept | _values(change.after)

    def _has_returned(self, name: str, resource: dict[str, Any]) -> None:
        self.before[name] = resource | {"ResourceStatus": ResourceStatus.UPDATE_COMPLETE}
        _tell(self.executor, name, ResourceStatus.UPDATE_COMPLETE, resource)

    def _settle(self) -> None:
        """The stack is the one it was; the change set takes that over when its execution ends."""
        change_set, stack = self.executor._change_set, self.executor._change_set.stack
        self.executor.resources.clear()
        self.executor.resources.update(self.before)
        stack.resolved_resources = self.executor.resources
        for name in ("template", "processed_template", "template_body", "resolved_parameters"):
            setattr(change_set, name, getattr(stack, name))
        stack.tags = change_set.tags_before


def failed(verb: str, names: Iterable[str]) -> str | None:
    """AWS's words for resources that failed.

    Args:
        verb: what was to be done with them.
        names: their logical ids; None if there are none.
    """
    listed = ", ".join(names)
    return f"The following resource(s) failed to {verb}: [{listed}]. " if listed else None


def _values(resource: Any) -> dict[str, Any]:
    """The properties that a template gives."""
    return {} if is_nothing(resource.properties) else dict(resource.properties.properties)


def delete(executor: Any, made: Sequence[tuple[Change, dict[str, Any]]]) -> list[str]:
    """Delete what an operation has made, the last first, but for what is to be retained.

    Args:
        executor: LocalStack's.
        made: each with its resource, as far as it is known.

    Returns:
        Those that could not be deleted.
    """
    left = []
    retains_new = not executor._change_set.stack.request_payload.get("RetainExceptOnCreate")
    states = executor._change_set.stack.resource_states
    for change, resource in reversed(made):
        restored = states.get(change.name)
        if "PhysicalResourceId" in resource and change.after.deletion_policy in RETAINED and retains_new:
            _tell(executor, change.name, ResourceStatus.DELETE_SKIPPED, resource)
        elif not _delete_one(executor, change, resource):
            left.append(change.name)
        if change.replaces:
            states[change.name] = restored
    return left


def _delete_one(executor: Any, change: Change, resource: dict[str, Any]) -> bool:
    """Whether it is gone; one that failed may have been made all the same."""
    if properties := resource.get("Properties"):
        _tell(executor, change.name, ResourceStatus.DELETE_IN_PROGRESS, resource)
        event = executor._execute_resource_action(
            ChangeAction.Remove,
            change.name,
            change.after.resource_type,
            PreprocProperties(properties),
            None,
            part_of_replacement=True,
        )
        if event.status == OperationStatus.FAILED:
            _tell(executor, change.name, ResourceStatus.DELETE_FAILED, resource, event.message)
            return False
    _tell(executor, change.name, ResourceStatus.DELETE_COMPLETE, resource, resource_type=change.after.resource_type)
    return True


def _tell(
    executor: Any,
    name: str,
    status: ResourceStatus,
    resource: dict[str, Any],
    reason: str | None = None,
    resource_type: str = "",
) -> None:
    """An event of a resource."""
    executor._change_set.stack.set_resource_status(
        logical_resource_id=name,
        physical_resource_id=resource.get("PhysicalResourceId"),
        resource_type=resource_type or resource["Type"],
        status=status,
        resource_status_reason=reason,
    )
