"""Names of environment variables, with the rules of AWS; LocalStack 2026.3.0 takes any.

Rules: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html and
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from __future__ import annotations

import re
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.provider import LambdaProvider, ValidationException
from localstack.utils.patch import Patch

PATTERN = "[a-zA-Z]([a-zA-Z0-9_])+"
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
        ValidationException: one is none.
        InvalidParameterValueException: one is Lambda's own.
    """
    if not all(re.fullmatch(PATTERN, name) for name in variables):
        raise ValidationException(
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: "
            f"Map keys must satisfy constraint: [Member must satisfy regular expression pattern: {PATTERN}]"
        )
    if reserved := sorted(RESERVED & variables.keys()):
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}",
            Type="User",
        )
