"""Log levels of functions, with the rule of AWS; LocalStack 2026.3.0 takes them with any format.

Rule: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException, LogFormat
from localstack.services.lambda_.api_utils import get_name_and_qualifier
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import Patches

LEVELS = ("ApplicationLogLevel", "SystemLogLevel")

_patches = Patches()


def apply() -> None:
    """Add the check to CreateFunction and UpdateFunctionConfiguration; once in a server's life."""
    _patches.function(LambdaProvider.create_function, _create)
    _patches.function(LambdaProvider.update_function_configuration, _update)
    _patches.apply()


def _create(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    check({}, request.get("LoggingConfig") or {})
    return original(provider, context, request)


def _update(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    change = request.get("LoggingConfig") or {}
    if change:
        check(_current(context, request["FunctionName"]), change)
    return original(provider, context, request)


def _current(context: Any, name: str) -> Mapping[str, Any]:
    """What the function has; a missing function is LocalStack's to report."""
    function_name, _ = get_name_and_qualifier(name, None, context)
    function = lambda_stores[context.account_id][context.region].functions.get(function_name)
    return function.latest().config.logging_config if function else {}


def check(current: Mapping[str, Any], change: Mapping[str, Any]) -> None:
    """Refuse levels without JSON, in AWS's words.

    Raises:
        InvalidParameterValueException: there are some.
    """
    log_format = change.get("LogFormat", current.get("LogFormat", LogFormat.Text))
    if log_format == LogFormat.Text and any(change.get(level) for level in LEVELS):
        raise InvalidParameterValueException(
            'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change '
            'the LogFormat to "JSON" and try again.',
            Type="User",
        )
