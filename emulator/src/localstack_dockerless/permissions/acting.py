"""What a service does with a role it was given, where it does not go through STS for it.

The role has to trust the service, and its policies have to allow the call. Rule:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
"""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from localstack_dockerless.permissions import switch
from localstack_dockerless.permissions.callers import role_caller
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.enforcement import LOOPBACK, refusal
from localstack_dockerless.permissions.trust import may_assume

_FIELDS: Final = 6  # of an ARN


def require(service: str, role: str, call: Call, source: str = "") -> None:
    """Make sure of a permission before a call that is then made without credentials of the role.

    Args:
        service: who acts, such as "scheduler.amazonaws.com".
        role: the ARN of the role.
        call: what it is about to do.
        source: the ARN of the resource that it works for.

    Raises:
        ClientError: it may not, as the call itself would be refused.
    """
    account = (role.split(":", _FIELDS - 1) + [""] * _FIELDS)[4]
    if account and not switch.is_on(account):
        return
    if not account or not may_assume(service, role, source):
        words = f"User: {service} is not authorized to perform: sts:AssumeRole on resource: {role}"
        raise _refused("AccessDenied", words, "AssumeRole")
    decision = refusal(role_caller(role, service.partition(".")[0]), call, LOOPBACK)
    if decision:
        raise _refused("AccessDeniedException", decision.message(), call.operation)


def _refused(code: str, words: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, operation)
