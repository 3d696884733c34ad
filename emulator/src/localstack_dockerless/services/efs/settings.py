"""A function's FileSystemConfigs, which LocalStack 2026.3.0 accepts and drops: kept, shown, and checked as AWS does.

https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_ import api_utils, provider
from localstack.services.lambda_.invocation.lambda_models import (
    FileSystemConfig,
    FunctionVersion,
    ValidationException,
    VersionFunctionConfiguration,
    VpcConfig,
)
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.utils.patch import Patch, patch

MOST = 1
PATTERNS = {
    "arn": r"arn:aws[a-zA-Z-]*:elasticfilesystem:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}",
    "localMountPath": "/mnt/[a-zA-Z0-9-_.]+",
}
ELSEWHERE = ("/mnt/.", "/mnt/..")
"""Fits the pattern, and is no place below /mnt."""
Configs = tuple[FileSystemConfig, ...]
_requested: ContextVar[Configs | None] = ContextVar("file systems of the request that is being served", default=None)


@dataclass(frozen=True)
class Configuration(VersionFunctionConfiguration):
    """LocalStack's, with what it lacks; versions are published by copying its fields."""

    file_system_configs: Configs = ()


def apply() -> None:
    """Add what is missing."""
    Patch(provider, "VersionFunctionConfiguration", Configuration).apply()
    patch(LambdaProvider.create_function)(_create_function)
    patch(LambdaProvider.update_function_configuration)(_update_function)
    patch(LambdaService.create_function_version)(_create_version)
    patch(api_utils.map_config_out)(_show)


def _create_function(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    configs = _parsed(request.get("FileSystemConfigs"))
    if configs:
        place = context.account_id, context.region
        _check(configs, place, lambda_._build_vpc_config(*place, request.get("VpcConfig")))
    return _with(configs, original, lambda_, context, request)


def _update_function(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    name, _ = api_utils.get_name_and_qualifier(request["FunctionName"], None, context)
    function = lambda_stores[account][region].functions.get(name)
    if function is None:  # LocalStack has the words for it
        return original(lambda_, context, request)
    current: Any = function.latest().config
    wanted = "FileSystemConfigs" in request
    configs = _parsed(request["FileSystemConfigs"]) if wanted else current.file_system_configs
    moved = bool(request.get("VpcConfig"))
    if configs and (wanted or moved):
        vpc = lambda_._build_vpc_config(account, region, request["VpcConfig"]) if moved else current.vpc_config
        _check(configs, (account, region), vpc, removed=not wanted)
    return _with(configs, original, lambda_, context, request)


def _with(configs: Configs, step: Any, *args: Any) -> Any:
    token = _requested.set(configs)
    try:
        return step(*args)
    finally:
        _requested.reset(token)


def _create_version(original: Any, service: LambdaService, function_version: FunctionVersion) -> Any:
    """Add them to the new configuration, which both requests make in the midst of other things and hand over here."""
    configs = _requested.get()
    if configs is not None:
        object.__setattr__(function_version.config, "file_system_configs", configs)
    return original(service, function_version)


def _show(original: Any, version: FunctionVersion, *args: Any, **kwargs: Any) -> Any:
    shown = original(version, *args, **kwargs)
    if configs := getattr(version.config, "file_system_configs", ()):
        shown["FileSystemConfigs"] = [
            {"Arn": config.arn, "LocalMountPath": config.local_mount_path} for config in configs
        ]
    return shown


def _parsed(requested: Sequence[Any] | None) -> Configs:
    """Hold the constraints of the API that SDKs leave to the service.

    Raises:
        ValidationException: too many, no ARN of an access point, or no path below /mnt.
    """
    requested = requested or ()
    if len(requested) > MOST:
        raise ValidationException(
            "1 validation error detected: Value at 'fileSystemConfigs' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST}"
        )
    return tuple(
        FileSystemConfig(_formed("arn", c.get("Arn", "")), _formed("localMountPath", c.get("LocalMountPath", "")))
        for c in requested
    )


def _formed(member: str, value: str) -> str:
    if not re.fullmatch(PATTERNS[member], value) or value in ELSEWHERE:
        raise ValidationException(
            f"1 validation error detected: Value '{value}' at 'fileSystemConfigs.1.member.{member}' failed to satisfy "
            f"constraint: Member must satisfy regular expression pattern: {PATTERNS[member]}"
        )
    return value


def _check(configs: Configs, place: tuple[str, str], vpc: VpcConfig | None, *, removed: bool = False) -> None:
    """Refuse what the function could not mount.

    Args:
        configs: what it is to mount.
        place: its account and region.
        vpc: its VPC.
        removed: whether a function that mounts them is about to lose its VPC.

    Raises:
        InvalidParameterValueException: it could not.
    """
    for config in configs:
        if not vpc or not vpc.subnet_ids:
            raise _refusal(
                f"Function VPC configuration cannot be removed with access point {config.arn} referenced."
                if removed
                else f"Function must be configured to execute in a VPC to reference access point {config.arn}."
            )
        _check_access_point(config, place, vpc)


def _check_access_point(config: FileSystemConfig, place: tuple[str, str], vpc: VpcConfig) -> None:
    SERVICE_PLUGINS.require("efs")
    from localstack_dockerless.services.efs import access_points

    point = access_points.find(config.arn, *place)
    if point is None:
        raise _refusal(f"The access point {config.arn} does not exist.")
    if point.zones_without_target(vpc):
        raise _refusal(
            f"EFS file system {point.file_system.file_system_arn} referenced by access point {config.arn} does not have "
            "mount targets created in all availability zones the function will execute in. Please create EFS mount "
            "targets in each availability zone your function has a corresponding subnet provided."
        )


def _refusal(message: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(message, Type="User")
