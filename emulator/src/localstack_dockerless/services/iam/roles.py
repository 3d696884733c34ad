"""Execution roles: whom Lambda takes one from, and what its credentials say about the function.

LocalStack 2026.3.0 takes roles that do not exist or trust others. Rules:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html and
https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.sts.models import SingleValuedContextValue, sts_stores
from localstack.utils.patch import Patches

from localstack_dockerless.permissions.callers import REGION
from localstack_dockerless.permissions.trust import may_assume

LAMBDA = "lambda.amazonaws.com"
SOURCE = "lambda:SourceFunctionArn"

_patches = Patches()


def apply() -> None:
    """Correct the provider, once in a server's life."""
    if not _patches.patches:
        _patches.function(LambdaService.can_assume_role, _can_assume_role)
        _patches.function(LambdaProvider.update_function_configuration, _update)
        _patches.function(ExecutionEnvironment.get_credentials, _get_credentials)
        _patches.apply()


def _can_assume_role(_original: Any, _service: LambdaService, role_arn: str, _region: str) -> bool:
    return may_assume(LAMBDA, role_arn)


def _update(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    """UpdateFunctionConfiguration asks as CreateFunction does."""
    role = request.get("Role")
    if role and api_utils.is_role_arn(role) and not may_assume(LAMBDA, role):
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda.", Type="User"
        )
    return original(provider, context, request)


def _get_credentials(original: Any, environment: ExecutionEnvironment) -> Any:
    """Whoever checks `lambda:SourceFunctionArn` knows that the function itself is calling, not just its role."""
    credentials = original(environment)
    held = sts_stores["000000000000"][REGION].credentials.get(credentials["AccessKeyId"])
    if held:
        held.iam_context[SOURCE] = SingleValuedContextValue(environment.function_version.id.unqualified_arn())
    return credentials
