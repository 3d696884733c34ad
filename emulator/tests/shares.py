"""A file system in a VPC, and access points to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from networks import Network

_tokens = (f"token-{number}" for number in itertools.count(1))
USER = {"Uid": 1000, "Gid": 1000}


@dataclass(frozen=True)
class Share:
    """A file system with a mount target in each subnet of a network."""

    efs: Any
    net: Network
    identifier: str

    def access_point(self, path: str = "/shared", permissions: str = "755", **options: Any) -> dict[str, Any]:
        """One whose user owns its root directory, unless told otherwise; a function's FileSystemConfig for it."""
        creation = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": permissions}
        root = {"Path": path} | ({} if path == "/" else {"CreationInfo": creation})
        options = {"PosixUser": USER, "RootDirectory": root} | options
        options = {name: value for name, value in options.items() if value is not None}
        made = self.efs.create_access_point(ClientToken=next(_tokens), FileSystemId=self.identifier, **options)
        return {"Arn": made["AccessPointArn"], "LocalMountPath": "/mnt/data"}

    def targets(self) -> list[dict[str, Any]]:
        return list(self.efs.describe_mount_targets(FileSystemId=self.identifier)["MountTargets"])


def share(efs: Any, net: Network, targets: int | None = None) -> Share:
    """Make one.

    Args:
        targets: in how many of the subnets; in all if not given.
    """
    identifier = efs.create_file_system(CreationToken=next(_tokens))["FileSystemId"]
    for subnet in net.subnets[:targets]:
        efs.create_mount_target(FileSystemId=identifier, SubnetId=subnet, SecurityGroups=[net.group])
    return Share(efs, net, identifier)
