"""The statuses of a stack, in the order that AWS gives them.

LocalStack 2026.3.0 fails a stack as soon as one of its resources fails, ends the creation of a stack a second time when it
has been rolled back, and puts a stack under review for which a change set is made, or fails it for a change set that
cannot be made.
Statuses: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api.cloudformation import StackStatus as Status
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.v2.entities import Stack
from localstack.services.cloudformation.v2.provider import CloudformationProviderV2
from localstack.utils.patch import Patches

DELETED: Final = (Status.DELETE_IN_PROGRESS, Status.DELETE_COMPLETE)
_NEXT: Final = {
    Status.REVIEW_IN_PROGRESS: {Status.REVIEW_IN_PROGRESS, Status.CREATE_IN_PROGRESS},
    Status.CREATE_IN_PROGRESS: {
        *(Status.CREATE_IN_PROGRESS, Status.CREATE_COMPLETE, Status.CREATE_FAILED, Status.ROLLBACK_IN_PROGRESS),
    },
    Status.ROLLBACK_IN_PROGRESS: {Status.ROLLBACK_COMPLETE, Status.ROLLBACK_FAILED},
    Status.ROLLBACK_COMPLETE: set(),
    Status.ROLLBACK_FAILED: set(),
    Status.UPDATE_IN_PROGRESS: {
        *(Status.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, Status.UPDATE_COMPLETE, Status.UPDATE_FAILED),
        Status.UPDATE_ROLLBACK_IN_PROGRESS,
    },
    Status.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: {Status.UPDATE_COMPLETE},
    Status.UPDATE_ROLLBACK_IN_PROGRESS: {
        *(Status.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, Status.UPDATE_ROLLBACK_FAILED),
    },
    Status.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: {Status.UPDATE_ROLLBACK_COMPLETE},
    Status.UPDATE_ROLLBACK_FAILED: {Status.UPDATE_ROLLBACK_IN_PROGRESS},
    Status.DELETE_IN_PROGRESS: {Status.DELETE_FAILED},
    Status.DELETE_FAILED: set(),
}
"""What may follow, besides a deletion; after any other status, an update."""
_REASONED: Final = (Status.CREATE_FAILED, Status.UPDATE_FAILED)
_UPDATED: Final = (
    *(Status.CREATE_COMPLETE, Status.UPDATE_COMPLETE, Status.UPDATE_ROLLBACK_COMPLETE),
    *(Status.CREATE_FAILED, Status.UPDATE_FAILED),
)


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    patches.function(Stack.set_stack_status, _set)
    patches.function(CloudformationProviderV2._describe_stack, _describe)


def _set(original: Any, stack: Any, status: Status, reason: str | None = None) -> None:
    """What cannot follow is not meant for the stack; it fails with a reason, after its resource."""
    following = _NEXT.get(stack.status, {Status.UPDATE_IN_PROGRESS})
    if status in DELETED or (status in following and (reason or status not in _REASONED)):
        original(stack, status, reason)


def check_update(stack: Any) -> None:
    """Refuse to change a stack that cannot be changed now.

    Args:
        stack: LocalStack's.

    Raises:
        ValidationError: it is at work, can only be deleted, or was to be left alone after a failure.
    """
    if stack.status not in _UPDATED:
        raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
    if stack.status == Status.CREATE_FAILED and stack.request_payload.get("OnFailure"):
        raise ValidationError(
            "This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]. "
            "Please use disable-rollback option instead during stack creation."
        )


def _describe(original: Any, provider: Any, stack: Any) -> Any:
    """LocalStack takes the time of any failure for that of the deletion, and says that every stack is rolled back."""
    described = original(provider, stack)
    if stack.status not in (*DELETED, Status.DELETE_FAILED, Status.ROLLBACK_COMPLETE, Status.ROLLBACK_FAILED):
        described.pop("DeletionTime", None)
    described["DisableRollback"] = bool(stack.request_payload.get("DisableRollback"))
    return described
