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
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.sts.models import SingleValuedContextValue, sts_stores
from localstack.utils.patch import Patches

from localstack_dockerless.permissions.stores import REGION
from localstack_dockerless.permissions.trust import may_assume
from localstack_dockerless.services.iam import requirements
from localstack_dockerless.services.iam.requirements import Role

LAMBDA = "lambda.amazonaws.com"
SOURCE = "lambda:SourceFunctionArn"

_patches = Patches()


def apply() -> None:
    """Correct the provider, once in a server's life."""
    if not _patches.patches:
        _patches.function(LambdaService.can_assume_role, _can_assume_role)
        _patches.function(LambdaProvider.create_function, _create)
        _patches.function(LambdaProvider.update_function_configuration, _update)
        _patches.function(LambdaProvider._validate_destination_config, _validate_destinations)
        _patches.function(LambdaProvider.validate_event_source_mapping, _validate_mapping)
        _patches.function(LambdaProvider.check_service_resource_exists, _check_source)
        _patches.function(ExecutionEnvironment.get_credentials, _get_credentials)
        _patches.apply()


def _can_assume_role(_original: Any, _service: LambdaService, role_arn: str, _region: str) -> bool:
    return may_assume(LAMBDA, role_arn)


def _create(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    role = request.get("Role") or ""
    if api_utils.is_role_arn(role) and may_assume(LAMBDA, role):  # the original has words for all others
        requirements.check_configuration(Role(role, request.get("FunctionName", ""), context.region), request)
    return original(provider, context, request)


def _update(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    """UpdateFunctionConfiguration asks as CreateFunction does."""
    role, current = request.get("Role") or "", _current(context, request["FunctionName"])
    if role and api_utils.is_role_arn(role) and not may_assume(LAMBDA, role):
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda.", Type="User"
        )
    if current and (not role or api_utils.is_role_arn(role)):
        # A new role has to allow what stays as well.
        settings = {**_settings(current.config), **request} if role else request
        name = current.id.function_name
        requirements.check_configuration(Role(role or current.config.role, name, current.id.region), settings)
    return original(provider, context, request)


def _current(context: Any, name: str) -> Any:
    """The function's latest version; a missing function is LocalStack's to report."""
    account, region = api_utils.get_account_and_region(name, context)
    function_name, _ = api_utils.get_name_and_qualifier(name, None, context)
    function = lambda_stores[account][region].functions.get(function_name)
    return function.latest() if function else None


def _settings(config: Any) -> dict[str, Any]:
    subnets = config.vpc_config.subnet_ids if config.vpc_config else []
    return {
        "VpcConfig": {"SubnetIds": subnets},
        "TracingConfig": {"Mode": config.tracing_config_mode},
        "DeadLetterConfig": {"TargetArn": config.dead_letter_arn},
    }


def _validate_destinations(
    original: Any, provider: LambdaProvider, store: Any, function_name: str, destinations: Any
) -> Any:
    result = original(provider, store, function_name, destinations)
    version = store.functions[function_name].latest()
    requirements.check_destinations(Role(version.config.role, function_name, version.id.region), destinations)
    return result


def _validate_mapping(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    result = original(provider, context, request)
    _, name, _, version, role_arn = result
    role = Role(role_arn, name, version.id.region)
    requirements.check_destinations(role, request.get("DestinationConfig"))
    return result


def _check_source(
    original: Any, provider: LambdaProvider, service: str, resource_arn: str, function_arn: str, function_role_arn: str
) -> None:
    """LocalStack looks for the source with the role, and has no words for a role that may not."""
    _, _, _, region, _, _, name, *_ = function_arn.split(":")
    requirements.check_source(Role(function_role_arn, name, region), resource_arn)
    original(provider, service, resource_arn, function_arn, function_role_arn)


def _get_credentials(original: Any, environment: ExecutionEnvironment) -> Any:
    """Whoever checks `lambda:SourceFunctionArn` knows that the function itself is calling, not just its role."""
    credentials = original(environment)
    held = sts_stores["000000000000"][REGION].credentials.get(credentials["AccessKeyId"])
    if held:
        held.iam_context[SOURCE] = SingleValuedContextValue(environment.function_version.id.unqualified_arn())
    return credentials
