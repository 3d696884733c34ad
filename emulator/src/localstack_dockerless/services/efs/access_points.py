"""An access point as a function meets it, found in moto's state."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation.lambda_models import VpcConfig
from moto.ec2.models import ec2_backends
from moto.efs.models import efs_backends

from localstack_dockerless.services.efs import files

OWNERS = "_dockerless_owners"
_lock = threading.Lock()


@dataclass(frozen=True)
class AccessPoint:
    """One that exists, with the file system it leads to (both moto's)."""

    account: str
    region: str
    point: Any
    file_system: Any

    def zones_without_target(self, vpc: VpcConfig) -> set[str]:
        """The availability zones of a function's subnets from which the file system cannot be reached."""
        backend = ec2_backends[self.account][self.region]
        zones = {backend.get_subnet(subnet).availability_zone for subnet in vpc.subnet_ids}
        targets = self.file_system.iter_mount_targets()
        return zones - {target.availability_zone_name for target in targets if target.vpc_id == vpc.vpc_id}

    def directory(self) -> Path:
        """Its root directory on this machine, made if EFS would make it.

        Raises:
            NoSuchDirectory: EFS would not.
        """
        root, top = self.point.root_directory, files.home(self.account, self.region, self.file_system.file_system_id)
        with _lock:
            return files.root_directory(top, root.get("Path", "/"), root.get("CreationInfo"), self._owners)

    def is_writable(self) -> bool:
        """Whether its user may make files in the root directory, which must exist."""
        path = self.point.root_directory.get("Path", "/").rstrip("/")
        return files.may_write(self.point.posix_user, self._owners.get(path))

    @property
    def _owners(self) -> dict[str, files.Owner]:
        """Kept with the file system; moto shows nothing whose name begins with an underscore."""
        owners: dict[str, files.Owner] = self.file_system.__dict__.setdefault(OWNERS, {})
        return owners


def find(arn: str, account: str, region: str) -> AccessPoint | None:
    """The access point with an ARN, as far as a function can reach it.

    Args:
        arn: well formed.
        account: the function's, which must be the access point's, too.
        region: the same.
    """
    *_, its_region, its_account, resource = arn.split(":")
    if (its_account, its_region) != (account, region):
        return None
    backend = efs_backends[account][region]
    point = backend.access_points.get(resource.partition("/")[2])
    file_system = backend.file_systems_by_id.get(point.file_system_id) if point else None
    return AccessPoint(account, region, point, file_system) if file_system else None
