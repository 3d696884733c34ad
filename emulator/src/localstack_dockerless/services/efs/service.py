"""EFS's control plane: moto's, where moto 5.1.54 differs from AWS in what the owner of a function sees.

https://docs.aws.amazon.com/efs/latest/ug/api-reference.html
"""

from __future__ import annotations

import json
import re
import shutil
from ipaddress import IPv4Address
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto
from localstack.services.plugins import Service
from localstack.utils.patch import Patch
from moto.ec2.models import ec2_backends
from moto.efs import exceptions, models
from moto.moto_api._internal import mock_random

from localstack_dockerless.services.efs import files
from localstack_dockerless.services.moto import service

DIGITS = 17
# No name begins with a dot: a path cannot lead out of the file system.
PATH = re.compile(r"/|(/(?!\.)[^/$#<>;`|&?{}^*\n]+){1,4}/?")
PERMISSIONS = re.compile("[0-7]{3,4}")
LONGEST_PATH = 100
OWNER, USER = {"OwnerUid", "OwnerGid", "Permissions"}, {"Uid", "Gid"}


def create() -> Service:
    """The service, with the corrections."""
    Patch(models, "mock_random", _Identifiers()).apply()
    checked = dict.fromkeys(load_service("efs").operation_names, _checked)
    return service("efs", checked | OURS)


class _Identifiers:
    """Of today's length; Lambda takes no other ones for access points."""

    @staticmethod
    def get_random_hex(_length: int = DIGITS) -> str:
        """What follows fs-, fsmt- and fsap-."""
        return mock_random.get_random_hex(DIGITS)


def _backend(context: Any) -> Any:
    return models.efs_backends[context.account_id][context.region]


def _checked(context: Any, request: Any) -> Any:
    """Answer 404 to what does not exist; moto ends some operations in a KeyError, and has others succeed."""
    backend = _backend(context)
    known = {
        "FileSystemId": (backend.file_systems_by_id, exceptions.FileSystemNotFound),
        "MountTargetId": (backend.mount_targets_by_id, exceptions.MountTargetNotFound),
        "AccessPointId": (backend.access_points, exceptions.AccessPointNotFound),
    }
    for member, (existing, missing) in known.items():
        if request.get(member) and request[member] not in existing:
            raise _refusal(missing(request[member]))
    if tagged := request.get("ResourceId"):
        identifier = tagged.rpartition("/")[2]  # of an ARN, too
        member = "AccessPointId" if identifier.startswith("fsap-") else "FileSystemId"
        existing, missing = known[member]
        if identifier not in existing:
            raise _refusal(missing(identifier))
    return call_moto(context)


def _refusal(error: Any) -> CommonServiceException:
    return CommonServiceException(error.error_type, error.message, status_code=error.code)


def _creating(context: Any, request: Any) -> Any:
    """The answer to a creation; whoever asks afterwards finds it available."""
    return _checked(context, request) | {"LifeCycleState": "creating"}


def _create_file_system(context: Any, request: Any) -> Any:
    """An Availability Zone that does not exist is an error of the server in moto."""
    zone, region = request.get("AvailabilityZoneName"), context.region
    zones = ec2_backends[context.account_id][region].describe_availability_zones() if zone else []
    if zone and zone not in {one.name for one in zones}:
        raise CommonServiceException("UnsupportedAvailabilityZone", f"The zone {zone} is not supported.", 400)
    return _creating(context, request)


def _create_access_point(context: Any, request: Any) -> Any:
    root = request.get("RootDirectory") or {}
    path, creation = root.get("Path") or "/", root.get("CreationInfo")
    if len(path) > LONGEST_PATH or not PATH.fullmatch(path):
        raise _bad_request(f"Invalid root directory path: {path}")
    if creation and not (creation.keys() >= OWNER and PERMISSIONS.fullmatch(creation["Permissions"])):
        raise _bad_request("CreationInfo needs OwnerUid, OwnerGid and Permissions, in octal digits.")
    if (user := request.get("PosixUser")) and not user.keys() >= USER:
        raise _bad_request("PosixUser needs Uid and Gid.")
    return _creating(context, request)


def _bad_request(message: str) -> CommonServiceException:
    return CommonServiceException("BadRequest", message, status_code=400)


def _create_mount_target(context: Any, request: Any) -> Any:
    """Have its network interface belong to EFS, and a default security group be shown."""
    if not _is_address(request.get("IpAddress") or "0.0.0.0"):  # noqa: S104 - stands for none
        raise _bad_request("The IP address is malformed.")
    try:
        answer = _creating(context, request)
    except Exception as error:
        _forget_half_made(_backend(context), request["FileSystemId"])
        if "IP already in use" in str(error):  # an error of no kind in moto
            raise CommonServiceException("IpAddressInUse", "The IP address is already in use.", 409) from error
        raise
    target = _backend(context).mount_targets_by_id[answer["MountTargetId"]]
    interface = ec2_backends[context.account_id][context.region].enis[target.network_interface_id]
    interface.description = f"EFS mount target for {target.file_system_id} ({target.mount_target_id})"
    interface.requester_managed, interface.status = True, "in-use"
    target.security_groups = target.security_groups or [group.id for group in interface.group_set]
    return answer


def _is_address(text: str) -> bool:
    try:
        return bool(IPv4Address(text))
    except ValueError:
        return False


def _put_file_system_policy(context: Any, request: Any) -> Any:
    """Moto keeps any text."""
    try:
        is_policy = isinstance(json.loads(request["Policy"]), dict)
    except (ValueError, RecursionError):
        is_policy = False
    if not is_policy:
        message = "The policy is not valid: it has to be a JSON object."
        raise CommonServiceException("InvalidPolicyException", message, status_code=400)
    return _checked(context, request)


def _forget_half_made(backend: Any, file_system: str) -> None:
    """Remove the mount target of a refused request: it would be in the way of the next, and of the file system's deletion."""
    if found := backend.file_systems_by_id.get(file_system):
        made = backend.mount_targets_by_id.values()
        for zone in [zone for zone, target in found._mount_targets.items() if target not in made]:
            del found._mount_targets[zone]


def _delete_file_system(context: Any, request: Any) -> Any:
    """Take along its access points, which moto keeps, and its files."""
    answer, backend = _checked(context, request), _backend(context)
    gone = request["FileSystemId"]
    for identifier, point in list(backend.access_points.items()):
        if point.file_system_id == gone:
            backend.delete_access_point(identifier)
    shutil.rmtree(files.home(context.account_id, context.region, gone), ignore_errors=True)
    return answer


OURS = {
    "CreateFileSystem": _create_file_system,
    "PutFileSystemPolicy": _put_file_system_policy,
    "CreateMountTarget": _create_mount_target,
    "CreateAccessPoint": _create_access_point,
    "DeleteFileSystem": _delete_file_system,
}
