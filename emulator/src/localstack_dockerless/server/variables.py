"""Names of environment variables, with the rule of AWS; LocalStack 2026.3.0 takes any.

Rule: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
"""

from __future__ import annotations

import re
from typing import Any

from localstack.services.lambda_.provider import LambdaProvider, ValidationException
from localstack.utils.patch import Patch

PATTERN = "[a-zA-Z]([a-zA-Z0-9_])+"


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
    """
    if not all(re.fullmatch(PATTERN, name) for name in variables):
        raise ValidationException(
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: "
            f"Map keys must satisfy constraint: [Member must satisfy regular expression pattern: {PATTERN}]"
        )
