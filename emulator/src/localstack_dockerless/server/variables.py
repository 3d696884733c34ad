"""Names of environment variables that are Lambda's own; LocalStack 2026.3.0 takes any.

Rule: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import Patch

RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Those that Lambda itself sets; the ones that begin with an underscore are no names for one's own anyway."""


def apply() -> None:
    """Add the check to CreateFunction and UpdateFunctionConfiguration; once in a server's life."""
    original = LambdaProvider._verify_env_variables

    def verify(variables: dict[str, str]) -> Any:
        check(variables)
        return original(variables)

    Patch(LambdaProvider, "_verify_env_variables", staticmethod(verify)).apply()


def check(variables: dict[str, str]) -> None:
    """Refuse names that AWS refuses, in its words.

    Raises:
        InvalidParameterValueException: one is Lambda's own.
    """
    if reserved := sorted(RESERVED & variables.keys()):
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}",
            Type="User",
        )
