"""Policies are read before a service keeps them, so that whatever is kept can be evaluated.

LocalStack's services take most texts unseen, and fail on some. Rule:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from localstack.aws.api import CommonServiceException

from localstack_dockerless.permissions.documents import Kind, MalformedPolicyDocumentError, parse


@dataclass(frozen=True)
class Intake:
    """Where a request has a policy, and how its service refuses one that is none.

    Args:
        path: to the member.
        words: the service's; the engine's own if empty.
    """

    path: str
    kind: Kind
    code: str
    words: str = ""


_IDENTITY: Final = Intake("PolicyDocument", "identity", "MalformedPolicyDocument")
_TRUST: Final = "MalformedPolicyDocument"
_SQS: Final = Intake(
    "Attributes.Policy", "resource", "InvalidAttributeValue", "Invalid value for the parameter Policy."
)
_KMS: Final = Intake("Policy", "resource", "MalformedPolicyDocumentException")
INTAKES: Final[dict[tuple[str, str], Intake]] = {
    ("iam", "CreateRole"): Intake("AssumeRolePolicyDocument", "trust", _TRUST),
    ("iam", "UpdateAssumeRolePolicy"): Intake("PolicyDocument", "trust", _TRUST),
    ("iam", "CreatePolicy"): _IDENTITY,
    ("iam", "CreatePolicyVersion"): _IDENTITY,
    ("iam", "PutRolePolicy"): _IDENTITY,
    ("iam", "PutUserPolicy"): _IDENTITY,
    ("iam", "PutGroupPolicy"): _IDENTITY,
    ("s3", "PutBucketPolicy"): Intake("Policy", "resource", "MalformedPolicy"),
    ("sqs", "CreateQueue"): _SQS,
    ("sqs", "SetQueueAttributes"): _SQS,
    ("sns", "CreateTopic"): Intake("Attributes.Policy", "resource", "InvalidParameter"),
    ("sns", "SetTopicAttributes"): Intake("AttributeValue", "resource", "InvalidParameter"),
    ("kms", "CreateKey"): _KMS,
    ("kms", "PutKeyPolicy"): _KMS,
    ("secretsmanager", "PutResourcePolicy"): Intake("ResourcePolicy", "resource", "MalformedPolicyDocumentException"),
}


def check(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Refuse a request that brings a policy which is none.

    Args:
        service: as botocore calls it.
        operation: as botocore calls it.
        request: its members.

    Raises:
        CommonServiceException: the policy is malformed.
    """
    intake = INTAKES.get((service, operation))
    if not intake or (operation == "SetTopicAttributes" and request.get("AttributeName") != "Policy"):
        return
    value: Any = request
    for name in intake.path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(value, str) or not value:
        return  # missing is the service's to refuse, and empty takes a policy away
    try:
        parse(value, intake.kind)
    except MalformedPolicyDocumentError as error:
        words = intake.words or str(error)
        raise CommonServiceException(intake.code, words, 400, sender_fault=True) from None
