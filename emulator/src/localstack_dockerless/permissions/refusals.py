"""How each service says no: its code, its HTTP status, and AWS's sentence in the service's own spelling.

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from typing import Final

from localstack.aws.api import CommonServiceException

from localstack_dockerless.permissions.engine import Decision
from localstack_dockerless.permissions.resources import EVERYTHING

FORBIDDEN, BAD_REQUEST = 403, 400
_CODES: Final = {"sns": "AuthorizationError", "ec2": "UnauthorizedOperation"}
_QUERY: Final = ("query", "rest-xml", "ec2")
_IN_QUERY: Final = frozenset({"sqs", "cloudwatch"})
"""Services whose newer protocols keep the codes of the query protocol."""
INVALID, EXPIRED = (
    "The security token included in the request is invalid.",
    "The security token included in the request is expired",
)


def denied(service: str, protocol: str, decision: Decision) -> CommonServiceException:
    """The error for a request that is not allowed.

    Args:
        service: as botocore calls it.
        protocol: of the request, as botocore calls it.
        decision: says why.
    """
    code = _CODES.get(service) or ("AccessDenied" if _is_query(service, protocol) else "AccessDeniedException")
    return CommonServiceException(code, _sentence(service, decision), _status(service, protocol), sender_fault=True)


def invalid_key(service: str, protocol: str, *, expired: bool) -> CommonServiceException:
    """The error for an access key that is not valid, or not any more."""
    if service == "s3":
        code, words = ("ExpiredToken", "The provided token has expired.") if expired else _UNKNOWN_TO_S3
        return CommonServiceException(code, words, BAD_REQUEST if expired else FORBIDDEN, sender_fault=True)
    query = _is_query(service, protocol)
    if expired:
        code, words = ("ExpiredToken" if query else "ExpiredTokenException"), EXPIRED
    else:
        code, words = ("InvalidClientTokenId" if query else "UnrecognizedClientException"), INVALID
    return CommonServiceException(code, words, _status(service, protocol), sender_fault=True)


_UNKNOWN_TO_S3: Final = ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")


def _is_query(service: str, protocol: str) -> bool:
    return protocol in _QUERY or service in _IN_QUERY


def _status(service: str, protocol: str) -> int:
    return BAD_REQUEST if protocol == "json" and service not in _IN_QUERY else FORBIDDEN


def _sentence(service: str, decision: Decision) -> str:
    asked, sentence = decision.request, decision.message()
    if asked.action.startswith("sts:Assume") and decision.layer == "resource":
        sentence = sentence.removesuffix(f" {decision.why}")  # a role's trust policy is never named as the reason
    sentence = sentence.replace(asked.action, _spelled(service, asked.action))
    if service in _WITHOUT_STAR and asked.resource == EVERYTHING:
        sentence = sentence.replace(" on resource: *", "")
    elif service == "s3":
        sentence = sentence.replace(f"on resource: {asked.resource}", f'on resource: "{asked.resource}"')
    return f"You are not authorized to perform this operation. {sentence}" if service == "ec2" else sentence


_WITHOUT_STAR: Final = ("s3", "ec2")


def _spelled(service: str, action: str) -> str:
    prefix, _, name = action.partition(":")
    if service == "sqs" and prefix == "sqs":
        return action.lower()
    return f"SNS:{name}" if service == "sns" and prefix == "sns" else action
