"""A function's policy as a whole: PutResourcePolicy and its siblings, on what AddPermission and RemovePermission change.

And what LocalStack's AddPermission leaves out: the condition that makes a permission one for function URLs.
Rules: https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html and
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from localstack.aws.api.lambda_ import (
    InvalidParameterValueException,
    PolicyLengthExceededException,
    PreconditionFailedException,
    ResourceNotFoundException,
)
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.lambda_models import Function, FunctionResourcePolicy, ResourcePolicy
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.plugins import Service
from localstack.utils.patch import Patches

from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, parse

LIMIT: Final = 20_480  # bytes
BY_URL: Final = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}

_by_url: ContextVar[bool] = ContextVar("by_url", default=False)
_patches = Patches()


class Statement(dict[str, Any]):
    """A statement, which need not have a Sid: LocalStack looks for one in every statement."""

    def __missing__(self, _key: str) -> None:
        return None


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where a policy is kept."""

    function: Function
    qualifier: str

    @property
    def policy(self) -> FunctionResourcePolicy | None:
        return self.function.permissions.get(self.qualifier)

    @property
    def revision(self) -> str:
        return LambdaProvider._function_revision_id(self.function, self.qualifier)

    def check(self, revision: str | None) -> None:
        """Refuse a change of another revision than the present."""
        if revision and revision != self.revision:
            raise PreconditionFailedException(
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetResourcePolicy API to retrieve the latest Revision Id",
                Type="User",
            )

    def revise(self) -> None:
        """Give the version or alias a new revision id, as LocalStack does."""
        if api_utils.qualifier_is_alias(self.qualifier):
            self.function.aliases[self.qualifier] = dataclasses.replace(self.function.aliases[self.qualifier])
            return
        version = self.function.versions[self.qualifier]
        self.function.versions[self.qualifier] = dataclasses.replace(
            version, config=dataclasses.replace(version.config)
        )

    def answer(self) -> dict[str, str]:
        held = self.policy
        if not held:
            raise ResourceNotFoundException("The resource you requested does not exist.", Type="User")
        return {"Policy": json.dumps(dataclasses.asdict(held.policy)), "RevisionId": self.revision}


def serve(service: Service) -> None:
    """Answer the three operations."""
    service.skeleton.dispatch_table |= {
        "PutResourcePolicy": _put,
        "GetResourcePolicy": _get,
        "DeleteResourcePolicy": _delete,
    }


def apply() -> None:
    """Correct AddPermission, once, before the service is made."""
    if not _patches.patches:
        _patches.function(LambdaProvider.add_permission, _add)
        _patches.function(api_utils.build_statement, _build)
        _patches.apply()


def _put(context: Any, request: Mapping[str, Any]) -> dict[str, str]:
    place, policy = _place(context, request), _read(request["Policy"])
    with place.function.lock:
        place.check(request.get("RevisionId"))
        place.function.permissions[place.qualifier] = FunctionResourcePolicy(policy)
        place.revise()
        return place.answer()


def _get(context: Any, request: Mapping[str, Any]) -> dict[str, str]:
    return _place(context, request).answer()


def _delete(context: Any, request: Mapping[str, Any]) -> dict[str, str]:
    place = _place(context, request)
    with place.function.lock:
        if not place.policy:
            raise ResourceNotFoundException("No policy is associated with the given resource.", Type="User")
        place.check(request.get("RevisionId"))
        del place.function.permissions[place.qualifier]
        place.revise()
    return {}


def _place(context: Any, request: Mapping[str, Any]) -> _Place:
    arn = request["ResourceArn"]
    name, qualifier, account, region = api_utils.function_locators_from_arn(arn)
    if not (name and account and region):
        raise ResourceNotFoundException(f"Resource not found: {arn}", Type="User")  # a runtime's, say
    if qualifier == "$LATEST" and context.operation.name == "PutResourcePolicy":
        raise InvalidParameterValueException("We currently do not support adding policies for $LATEST.", Type="User")
    function = LambdaProvider._get_function(name, account, region)
    return _Place(function, LambdaProvider._resolve_fn_qualifier(function, qualifier)[0])


def _read(text: str) -> ResourcePolicy:
    """A policy, whose size is that of what is kept; AWS's words for one that is none are not known."""
    try:
        parse(text, "resource")
    except MalformedPolicyDocumentError as error:
        raise InvalidParameterValueException(str(error), Type="User") from None
    document = json.loads(text)
    given = document["Statement"]
    statements: list[dict[str, Any]] = [Statement(one) for one in (given if isinstance(given, list) else [given])]
    policy = ResourcePolicy(document.get("Version", "2008-10-17"), document.get("Id", "default"), statements)
    size = len(json.dumps(dataclasses.asdict(policy), separators=(",", ":")).encode())
    if size > LIMIT:
        words = f"The final policy size ({size}) is bigger than the limit ({LIMIT})."
        raise PolicyLengthExceededException(words, Type="User")
    return policy


def _add(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    token = _by_url.set(bool(request.get("InvokedViaFunctionUrl")))
    try:
        return original(provider, context, request)
    finally:
        _by_url.reset(token)


def _build(original: Any, *args: Any, **named: Any) -> dict[str, Any]:
    statement: dict[str, Any] = original(*args, **named)
    return with_url(statement) if _by_url.get() else statement


def with_url(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement that holds for requests by function URL only."""
    return statement | {"Condition": {**statement.get("Condition", {}), **BY_URL}}
