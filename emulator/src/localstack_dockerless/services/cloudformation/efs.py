"""Resource types of EFS.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EFS.html
"""

from __future__ import annotations

import json

from localstack_dockerless.services.cloudformation.derived import gone
from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, plugin, same


def _tags(identifier: str, name: str) -> tuple[Call, ...]:
    """What brings the tags of a resource in line."""
    return (
        Call("untag_resource", {"ResourceId": identifier, "TagKeys": gone(name, "Key")}, (name,), ("TagKeys",)),
        Call("tag_resource", {"ResourceId": identifier, "Tags": name}, needs=("Tags",)),
    )


def _backup(model: Model, _before: Model) -> bool | None:
    """Whether there are automatic backups; None leaves it to EFS."""
    return model["BackupPolicy"].get("Status") == "ENABLED" if "BackupPolicy" in model else None


_POLICY = Call(
    "put_file_system_policy",
    {
        **same("FileSystemId", "BypassPolicyLockoutSafetyCheck"),
        "Policy": lambda model, _: json.dumps(model["FileSystemPolicy"]) if "FileSystemPolicy" in model else None,
    },
    of=("FileSystemPolicy",),
    needs=("Policy",),
)
_LIFECYCLE = Call(
    "put_lifecycle_configuration",
    {"FileSystemId": "FileSystemId", "LifecyclePolicies": lambda model, _: model.get("LifecyclePolicies", [])},
    of=("LifecyclePolicies",),
)
_FIXED = ("PerformanceMode", "Encrypted", "KmsKeyId", "AvailabilityZoneName")

file_system = plugin(
    "AWS::EFS::FileSystem",
    Kind(
        "efs",
        "FileSystemId",
        (
            Call(
                "create_file_system",
                {
                    **same(*_FIXED, "ThroughputMode", "ProvisionedThroughputInMibps"),
                    "Backup": _backup,
                    "Tags": "FileSystemTags",
                },
                of=("BackupPolicy",),
            ),
        ),
        Call("delete_file_system", same("FileSystemId")),
        replaced=_FIXED,
        attributes={"FileSystemId": "FileSystemId", "Arn": "FileSystemArn"},
        after=(_LIFECYCLE, _POLICY),
        changes=(_LIFECYCLE, _POLICY, *_tags("FileSystemId", "FileSystemTags")),
    ),
)

_PLACE = ("FileSystemId", "SubnetId", "IpAddress")

mount_target = plugin(
    "AWS::EFS::MountTarget",
    Kind(
        "efs",
        "Id",
        (Call("create_mount_target", same(*_PLACE, "SecurityGroups")),),
        Call("delete_mount_target", {"MountTargetId": "Id"}),
        replaced=_PLACE,
        attributes={"Id": "MountTargetId", "IpAddress": "IpAddress"},
        changes=(
            Call("modify_mount_target_security_groups", {"MountTargetId": "Id", "SecurityGroups": "SecurityGroups"}),
        ),
    ),
)

access_point = plugin(
    "AWS::EFS::AccessPoint",
    Kind(
        "efs",
        "AccessPointId",
        (
            Call(
                "create_access_point",
                {**same("ClientToken", "FileSystemId", "PosixUser", "RootDirectory"), "Tags": "AccessPointTags"},
            ),
        ),
        Call("delete_access_point", same("AccessPointId")),
        replaced=("ClientToken", "FileSystemId", "PosixUser", "RootDirectory"),
        attributes={"AccessPointId": "AccessPointId", "Arn": "AccessPointArn"},
        changes=_tags("AccessPointId", "AccessPointTags"),
    ),
)
