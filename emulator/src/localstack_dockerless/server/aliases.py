"""Weights of an alias, with the rules of AWS.

LocalStack 2026.3.0 checks them in CreateAlias and ends in an InternalError when UpdateAlias brings some; nor does it ask there whether the version exists.
Rules: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
"""

from __future__ import annotations

from typing import Any, Final, cast

from localstack.aws.api import ServiceException
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_ import provider_utils
from localstack.services.lambda_.invocation.lambda_models import (
    AliasRoutingConfig,
    Function,
    FunctionVersion,
    VersionAlias,
)
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

# The provider's check of weights uses nothing of the provider itself.
UNBOUND: Final = cast("LambdaProvider", None)

_ALIKE: Final = {"role": "execution role", "dead_letter_arn": "dead-letter queue configuration"}
"""What both versions have in common, with the words of the refusal; those for the queue are ours."""


def apply() -> None:
    """Add what is missing; once in a server's life, before the first alias exists."""
    patch(LambdaProvider._create_routing_config_model)(_create_routing_config_model)
    patch(LambdaService.update_alias)(_update_alias)


def _create_routing_config_model(
    original: Any, self: LambdaProvider, weights: dict[str, float], version: FunctionVersion | None = None
) -> AliasRoutingConfig:
    """Check weights against the version they are added to; UpdateAlias names none, and its check comes later.

    A weight of exactly 1 is allowed.
    """
    if version is not None:
        original(self, {key: 0.5 if value == 1 else value for key, value in weights.items()}, version)
        for key in weights:
            _check_alike(version, key)
    return AliasRoutingConfig(version_weights=weights)


def _check_alike(one: FunctionVersion, qualifier: str) -> None:
    """Both versions have the same role, and the same dead-letter queue or none."""
    other = provider_utils.get_function_version(one.id.function_name, qualifier, one.id.account, one.id.region)
    for attribute, words in _ALIKE.items():
        if getattr(one.config, attribute) != getattr(other.config, attribute):
            raise InvalidParameterValueException(
                f"Specified versions must be associated with the same {words}", Type="User"
            )


def _update_alias(
    original: Any, self: LambdaService, old_alias: VersionAlias, new_alias: VersionAlias, function: Function
) -> Any:
    """Check what the alias has become, and put it back when AWS would have refused."""
    try:
        _check(new_alias, function)
    except ServiceException:
        function.aliases[new_alias.name] = old_alias
        raise
    return original(self, old_alias=old_alias, new_alias=new_alias, function=function)


def _check(alias: VersionAlias, function: Function) -> None:
    latest = function.latest().id
    version = provider_utils.get_function_version(
        latest.function_name, alias.function_version, latest.account, latest.region
    )
    if alias.routing_configuration:
        LambdaProvider._create_routing_config_model(UNBOUND, alias.routing_configuration.version_weights, version)
