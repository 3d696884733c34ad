"""Roles: LocalStack 2026.3.0 makes a new one for some changes, and takes others for done; a half-made one stays.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.iam.resource_providers.aws_iam_role import IAM_POLICY_VERSION, IAMRoleProvider
from localstack.utils.patch import Patches

Model = dict[str, Any]
_HOUR = 3600


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    patches.function(IAMRoleProvider.create, _create)
    patches.function(IAMRoleProvider.update, _update)


def _create(original: Any, provider: Any, request: Any) -> Any:
    try:
        return original(provider, request)
    except ClientError as error:
        if error.operation_name != "CreateRole":
            request.previous_state = request.desired_state
            provider.delete(request)
        raise


def _update(_original: Any, _provider: Any, request: Any) -> ProgressEvent[Model]:
    """Everything but the name and the path changes where it is."""
    iam, before, wanted = request.aws_client_factory.iam, request.previous_state, request.desired_state
    role = {"RoleName": before["RoleName"]}
    iam.update_assume_role_policy(**role, PolicyDocument=json.dumps(wanted["AssumeRolePolicyDocument"]))
    duration = int(wanted.get("MaxSessionDuration") or _HOUR)
    iam.update_role(**role, Description=wanted.get("Description", ""), MaxSessionDuration=duration)
    _attach(iam, role, before.get("ManagedPolicyArns") or [], wanted.get("ManagedPolicyArns") or [])
    _write(iam, role, before.get("Policies") or [], wanted.get("Policies") or [])
    _bound(iam, role, wanted.get("PermissionsBoundary"))
    _tag(iam, role, before.get("Tags") or [], wanted.get("Tags") or [])
    kept = {name: before[name] for name in ("RoleName", "Arn", "RoleId") if name in before}
    return ProgressEvent(OperationStatus.SUCCESS, {**wanted, **kept})


def _attach(iam: Any, role: Model, before: list[str], wanted: list[str]) -> None:
    for arn in wanted:
        iam.attach_role_policy(**role, PolicyArn=arn)
    for arn in before:
        if arn not in wanted:
            with suppress(iam.exceptions.NoSuchEntityException):
                iam.detach_role_policy(**role, PolicyArn=arn)


def _write(iam: Any, role: Model, before: list[Model], wanted: list[Model]) -> None:
    for policy in wanted:
        document = {"Version": IAM_POLICY_VERSION, **policy["PolicyDocument"]}
        iam.put_role_policy(**role, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(document))
    for name in {policy["PolicyName"] for policy in before} - {policy["PolicyName"] for policy in wanted}:
        with suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_role_policy(**role, PolicyName=name)


def _bound(iam: Any, role: Model, boundary: str | None) -> None:
    if boundary:
        iam.put_role_permissions_boundary(**role, PermissionsBoundary=boundary)
    else:
        with suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_role_permissions_boundary(**role)


def _tag(iam: Any, role: Model, before: list[Model], wanted: list[Model]) -> None:
    if gone := sorted({tag["Key"] for tag in before} - {tag["Key"] for tag in wanted}):
        iam.untag_role(**role, TagKeys=gone)
    if wanted:
        iam.tag_role(**role, Tags=wanted)
