"""Stacks within stacks: LocalStack 2026.3.0 knows no nested stack that is rolled back."""

from __future__ import annotations

from typing import Any

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.cloudformation.resource_providers.aws_cloudformation_stack import (
    REPEATED_INVOCATION,
    CloudFormationStackProvider,
)
from localstack.utils.patch import Patches


def apply(patches: Patches) -> None:
    """Add the correction to those of the service."""
    patches.function(CloudFormationStackProvider.create, _create)


def _create(original: Any, provider: Any, request: Any) -> Any:
    """It fails once its rollback has ended, with its reason."""
    model, context = request.desired_state, request.custom_context
    if not context.get(REPEATED_INVOCATION):
        return original(provider, request)
    (stack,) = request.aws_client_factory.cloudformation.describe_stacks(StackName=model["Id"])["Stacks"]
    if stack["StackStatus"].endswith("IN_PROGRESS"):
        return ProgressEvent(OperationStatus.IN_PROGRESS, model, custom_context=context)
    if not stack["StackStatus"].startswith("ROLLBACK"):
        return original(provider, request)
    reason = stack.get("StackStatusReason", "").removesuffix("Rollback requested by user.")
    message = f"Embedded stack {model['Id']} was not successfully created: {reason}"
    return ProgressEvent(OperationStatus.FAILED, model, message=message, custom_context=context)
