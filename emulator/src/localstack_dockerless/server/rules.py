"""What AWS refuses and LocalStack 2026.3.0 takes: quotas, and operations on the wrong part of a function.

A request is checked before LocalStack sees it: against the constraints of Lambda's own model, which SDKs send past in
most cases, with the limits of ordinary functions where the model allows for other kinds.
Quotas: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from localstack.aws.api.lambda_ import InvalidParameterValueException, ResourceConflictException
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider, ValidationException
from localstack.services.plugins import Service

from localstack_dockerless.server import combinations, constraints

Check = Callable[[Any, Mapping[str, Any]], None]

LAYER_VERSION: Final = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+"
    r":[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)
_LOCALSTACKS: Final = (
    # LocalStack checks these in AWS's words, which are not those of the model.
    *("FunctionName", "NamespacedFunctionName", "Qualifier", "FunctionUrlQualifier", "Runtime", "CompatibleRuntimes"),
    *("NumericLatestPublishedOrAliasQualifier", "CompatibleArchitectures", "TaggableResource"),
)
_FREE: Final = {"min": None, "max": None, "pattern": None, "enum": None}
LIMITS: Final[dict[str, dict[str, Any]]] = {
    **dict.fromkeys(_LOCALSTACKS, _FREE),
    # The model allows for managed instances and accelerators.
    "MemorySize": {"max": 10_240},
    "Timeout": {"max": 900},
    "EphemeralStorageSize": {"max": 10_240},
    # As AWS words it for the layers of a function.
    "LayerVersionArn": {"max": 2_048, "pattern": LAYER_VERSION},
    # The model is of a time when Kafka alone had pollers; up to 2,000, as it had.
    "MaximumNumberOfPollers": {"max": 10_000},
    # The model says nothing.
    "TagKey": {"min": 1, "max": 128},
    "TagValue": {"max": 256},
    # The model's dot leaves out line ends, which a JSON document may have.
    "Pattern": {"pattern": None},
}
"""By name of a shape of Lambda's model, what holds instead of its own constraints."""

OF_THE_FUNCTION: Final = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
    "Please specify either a function name or an unqualified function ARN."
)
OF_LATEST: Final = (
    "Current operation does not support versions other than $LATEST. "
    "Please set the version to $LATEST or do not set a version in your request."
)
UNQUALIFIED: Final = {
    "UpdateFunctionCode": OF_LATEST,
    "UpdateFunctionConfiguration": OF_LATEST,
    "PutFunctionConcurrency": OF_THE_FUNCTION,
    "DeleteFunctionConcurrency": OF_THE_FUNCTION,
}
"""Operations that AWS refuses for a version or an alias, and its words for that."""


def apply(service: Service) -> None:
    """Put the checks before LocalStack's handlers."""
    for operation, checks in combinations.CHECKS.items():
        for check in checks:
            _before(service, operation, check)
    for operation, words in UNQUALIFIED.items():
        _before(service, operation, partial(_unqualified, words))
    _before(service, "DeleteFunctionConcurrency", _existing)
    _before(service, "DeleteFunction", _unreferenced)
    for operation in service.skeleton.dispatch_table:  # before all others
        _before(service, operation, _within)


def _before(service: Service, operation: str, check: Check) -> None:
    table = service.skeleton.dispatch_table
    handler = table[operation]

    def handle(context: Any, request: Any) -> Any:
        check(context, request)
        return handler(context, request)

    table[operation] = handle


def _within(context: Any, request: Mapping[str, Any]) -> None:
    """All members at once; AWS names all that fail."""
    shape = context.operation.input_shape
    if shape and (problems := list(constraints.problems(shape, request, LIMITS))):
        raise ValidationException(api_utils.construct_validation_exception_message(problems))


def _unqualified(words: str, context: Any, request: Mapping[str, Any]) -> None:
    _, qualifier = api_utils.get_name_and_qualifier(request["FunctionName"], None, context)
    if qualifier and qualifier != "$LATEST":
        raise InvalidParameterValueException(words, Type="User")


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
