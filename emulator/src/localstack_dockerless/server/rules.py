"""What AWS refuses and LocalStack 2026.3.0 takes: maxima, and operations on the wrong part of a function.

A request is checked before LocalStack sees it. SDKs check minima at most, never maxima.
Quotas: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from localstack.aws.api.lambda_ import InvalidParameterValueException, ResourceConflictException
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider, ValidationException
from localstack.services.plugins import Service

Check = Callable[[Any, Mapping[str, Any]], None]

_FUNCTION: Final = {
    "MemorySize": (128, 10_240),
    "Timeout": (1, 900),
    "EphemeralStorage.Size": (512, 10_240),
    "Description": (0, 256),
    "Handler": (0, 128),
}
_ASYNCHRONOUS: Final = {"MaximumRetryAttempts": (0, 2), "MaximumEventAgeInSeconds": (60, 21_600)}
_MAPPING: Final = {"ScalingConfig.MaximumConcurrency": (2, 1_000)}
_DESCRIPTION: Final = {"Description": (0, 256)}
LIMITS: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "CreateFunction": _FUNCTION,
    "UpdateFunctionConfiguration": _FUNCTION,
    "PutFunctionEventInvokeConfig": _ASYNCHRONOUS,
    "UpdateFunctionEventInvokeConfig": _ASYNCHRONOUS,
    "CreateEventSourceMapping": _MAPPING,
    "UpdateEventSourceMapping": _MAPPING,
    "CreateAlias": {"Name": (1, 128), **_DESCRIPTION},
    "UpdateAlias": _DESCRIPTION,
    "PublishVersion": _DESCRIPTION,
    "PublishLayerVersion": {"LayerName": (1, 140), **_DESCRIPTION},
}
"""Least and most, of a number or of the length of a text, by operation and member."""

UNQUALIFIED: Final = (
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "PutFunctionConcurrency",
    "DeleteFunctionConcurrency",
)
"""Operations on the function itself, which AWS refuses for a version or an alias."""


def apply(service: Service) -> None:
    """Put the checks before LocalStack's handlers."""
    for operation, limits in LIMITS.items():
        _before(service, operation, _within(limits))
    for operation in UNQUALIFIED:
        _before(service, operation, _unqualified)
    _before(service, "DeleteFunctionConcurrency", _existing)
    _before(service, "DeleteFunction", _unreferenced)


def _before(service: Service, operation: str, check: Check) -> None:
    table = service.skeleton.dispatch_table
    handler = table[operation]

    def handle(context: Any, request: Any) -> Any:
        check(context, request)
        return handler(context, request)

    table[operation] = handle


def _within(limits: Mapping[str, tuple[int, int]]) -> Check:
    """A check of all members at once; AWS names all that fail."""

    def check(_context: Any, request: Mapping[str, Any]) -> None:
        problems = [problem for path, bounds in limits.items() if (problem := _problem(request, path, *bounds))]
        if message := api_utils.construct_validation_exception_message(problems):
            raise ValidationException(message)

    return check


def _problem(request: Mapping[str, Any], path: str, least: int, most: int) -> str:
    value: Any = request
    for name in path.split("."):
        value = (value or {}).get(name)
    if value is None:
        return ""
    measure, words = (len(value), "length") if isinstance(value, str) else (value, "value")
    if least <= measure <= most:
        return ""
    bound = f"less than or equal to {most}" if measure > most else f"greater than or equal to {least}"
    member = ".".join(name[0].lower() + name[1:] for name in path.split("."))
    return f"Value '{value}' at '{member}' failed to satisfy constraint: Member must have {words} {bound}"


def _unqualified(context: Any, request: Mapping[str, Any]) -> None:
    """The words are AWS's for PutFunctionConcurrency."""
    _, qualifier = api_utils.get_name_and_qualifier(request["FunctionName"], None, context)
    if qualifier and qualifier != "$LATEST":
        raise InvalidParameterValueException(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN.",
            Type="User",
        )


def _existing(context: Any, request: Mapping[str, Any]) -> None:
    """LocalStack ends in an InternalError for a function that is not there."""
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    LambdaProvider._get_function(api_utils.get_function_name(request["FunctionName"], context), account, region)


def _unreferenced(context: Any, request: Mapping[str, Any]) -> None:
    """A version stays as long as an alias sends something to it.

    Rule: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
    """
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    name, qualifier = api_utils.get_name_and_qualifier(request["FunctionName"], request.get("Qualifier"), context)
    function = lambda_stores[account][region].functions.get(name)
    aliases = function.aliases.values() if function and qualifier else ()
    names = [alias.name for alias in list(aliases) if qualifier in targets(alias)]
    if names:
        raise ResourceConflictException(
            f"Unable to delete version because the following aliases reference it: [{', '.join(names)}]", Type="User"
        )


def targets(alias: Any) -> dict[str, float]:
    """The versions that an alias sends invocations to, with their weights."""
    additional = alias.routing_configuration.version_weights if alias.routing_configuration else {}
    return {alias.function_version: 1 - sum(additional.values()), **additional}
