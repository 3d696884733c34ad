"""Trust policies, checked before they are kept; LocalStack 2026.3.0 fails on some and takes others that say nothing.

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api.iam import MalformedPolicyDocumentException
from localstack.services.iam.provider import IamProvider
from localstack.utils.patch import Patches

from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, parse

_patches = Patches()


def apply() -> None:
    """Correct the provider, once in a server's life."""
    if not _patches.patches:
        _patches.function(IamProvider._validate_trust_policy, _validate)
        _patches.apply()


def _validate(original: Any, provider: IamProvider, document: str) -> Any:
    try:
        parse(document, "trust")
    except MalformedPolicyDocumentError as error:
        raise MalformedPolicyDocumentException(str(error)) from None
    return original(provider, document)
