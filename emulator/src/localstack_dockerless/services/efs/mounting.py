"""Access points where a function finds them: its environments get the directory as a mount.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import ServiceException
from localstack.aws.api.lambda_ import EFSMountConnectivityException, EFSMountFailureException
from localstack.services.lambda_.invocation.assignment import AssignmentException, AssignmentService
from localstack.services.lambda_.invocation.lambda_models import FileSystemConfig, FunctionVersion
from localstack.utils.patch import patch

from localstack_dockerless import sandbox
from localstack_dockerless.executor.executor import ProcessExecutor
from localstack_dockerless.services.efs import files


def apply() -> None:
    """Have environments get their mounts, and callers learn why there is none."""
    ProcessExecutor.further_mounts.append(mounts)
    patch(AssignmentService.start_environment)(_start_environment)


def mounts(version: FunctionVersion) -> list[sandbox.Mount]:
    """What a new environment of a version mounts.

    Raises:
        EFSMountFailureException: the access point or its root directory does not exist.
        EFSMountConnectivityException: the function's VPC has no mount target of the file system any more.
    """
    return [_mount(config, version) for config in getattr(version.config, "file_system_configs", ())]


def _mount(config: FileSystemConfig, version: FunctionVersion) -> sandbox.Mount:
    from localstack_dockerless.services.efs import access_points

    point = access_points.find(config.arn, version.id.account, version.id.region)
    if point is None:
        raise _failure(config)
    vpc = version.config.vpc_config
    if not vpc or point.zones_without_target(vpc):
        raise EFSMountConnectivityException(
            f"The function couldn't connect to the Amazon EFS file system with access point {config.arn}.", Type="User"
        )
    try:
        directory = point.directory()
    except files.NoSuchDirectory as missing:
        raise _failure(config) from missing
    return sandbox.Mount(directory, config.local_mount_path, read_only=not point.is_writable())


def _failure(config: FileSystemConfig) -> EFSMountFailureException:
    return EFSMountFailureException(
        f"The function couldn't mount the Amazon EFS file system with access point {config.arn}.", Type="User"
    )


def _start_environment(original: Any, service: AssignmentService, *args: Any, **kwargs: Any) -> Any:
    """Let an error that is meant for the caller through; LocalStack makes an internal error of it."""
    try:
        return original(service, *args, **kwargs)
    except AssignmentException as failed:
        if isinstance(failed.__cause__, ServiceException):
            raise failed.__cause__ from failed
        raise
