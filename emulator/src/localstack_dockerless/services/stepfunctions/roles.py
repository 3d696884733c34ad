"""The role of a state machine has to trust Step Functions; LocalStack 2026.3.0 takes any.

Rule: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import Patches

from localstack_dockerless.permissions.trust import may_assume

PRINCIPAL: Final = "states.amazonaws.com"
_patches = Patches()


def apply() -> None:
    """Put the check in place, once."""
    if not _patches.patches:
        _patches.function(StepFunctionsProvider.create_state_machine, _create)
        _patches.function(StepFunctionsProvider.update_state_machine, _update)
        _patches.apply()


def _create(original: Any, provider: Any, context: Any, request: Any, **named: Any) -> Any:
    _check(request.get("roleArn"))
    return original(provider, context, request, **named)


def _update(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    if named.get("role_arn"):
        _check(named["role_arn"])
    return original(provider, context, *args, **named)


def _check(role: Any) -> None:
    if isinstance(role, str) and ":role/" in role and not may_assume(PRINCIPAL, role):
        raise CommonServiceException(
            "AccessDeniedException",
            f"Neither the global service principal {PRINCIPAL}, nor the regional one is authorized to assume the provided "
            "role.",
            400,
            sender_fault=True,
        )
