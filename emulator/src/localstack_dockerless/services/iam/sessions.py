"""Sessions of roles and users, as LocalStack 2026.3.0 does not keep them.

It forgets the policies that are passed to AssumeRole, and gives root's identity to whoever asks for a session token.
Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from localstack.aws.api import CommonServiceException
from localstack.services.iam.models import iam_stores
from localstack.services.sts.models import MultiValuedContextValue, sts_stores
from localstack.services.sts.provider import StsProvider
from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header
from localstack.utils.patch import Patches

from localstack_dockerless.permissions import callers
from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, parse
from localstack_dockerless.permissions.stores import REGION

_patches = Patches()


def apply() -> None:
    """Correct the provider, once in a server's life."""
    if not _patches.patches:
        _patches.function(StsProvider.assume_role, _assume_role)
        _patches.function(StsProvider.get_session_token, _get_session_token)
        _patches.function(StsProvider.get_federation_token, _get_federation_token)
        _patches.apply()


def _assume_role(original: Any, provider: StsProvider, context: Any, **request: Any) -> Any:
    """Keep the session's policies with its credentials."""
    documents = _documents(request)
    answer = original(provider, context, **request)
    if documents:
        held = _held(answer)
        held.iam_context[callers.SESSION_POLICIES] = MultiValuedContextValue(documents)
    return answer


def _held(answer: Any) -> Any:
    return sts_stores["000000000000"][REGION].credentials[answer["Credentials"]["AccessKeyId"]]


def _documents(request: dict[str, Any]) -> list[str]:
    found = [_checked(request["policy"])] if request.get("policy") else []
    account = request["role_arn"].split(":")[4] if request["role_arn"].count(":") > 4 else ""  # noqa: PLR2004
    for described in request.get("policy_arns") or ():
        arn = described.get("arn", "")
        version = callers.managed_document(iam_stores[account][REGION], arn) if account else ""
        if not version:
            raise CommonServiceException("ValidationError", f"Policy {arn} does not exist.", 400, sender_fault=True)
        found.append(version)
    return found


def _checked(document: str) -> str:
    try:
        parse(document)
    except MalformedPolicyDocumentError as error:
        raise CommonServiceException("MalformedPolicyDocument", str(error), 400, sender_fault=True) from None
    return quote(document)


def _get_session_token(original: Any, provider: StsProvider, context: Any, **request: Any) -> Any:
    """A user's session is the user's."""
    key = _lasting_key(context, "GetSessionToken")
    answer = original(provider, context, **request)
    store = iam_stores[context.account_id][REGION]
    if user := store.USERS.get(store.ACCESS_KEY_INDEX.get(key) or ""):
        held = _held(answer)
        held.arn, held.user_id = user.user["Arn"], user.user["UserId"]
    return answer


def _get_federation_token(original: Any, provider: StsProvider, context: Any, **request: Any) -> Any:
    _lasting_key(context, "GetFederationToken")
    return original(provider, context, **request)


def _lasting_key(context: Any, operation: str) -> str:
    """The caller's access key, which must not be a session's: the session of a role would become one of root.

    Raises:
        CommonServiceException: it is.
    """
    key = extract_access_key_id_from_auth_header(context.request.headers) or ""
    if key in sts_stores["000000000000"][REGION].credentials:
        words = f"Cannot call {operation} with session credentials"
        raise CommonServiceException("AccessDenied", words, 403, sender_fault=True)
    return key
