"""Requests to S3: buckets, objects and their versions.

Rule: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from localstack.aws.api import ServiceException

from localstack_dockerless.permissions.calls import Call, Demand, action_of, members


def demands(call: Call) -> list[Demand]:
    """What a request needs, for the bucket or for each object."""
    request = call.request
    bucket, key = request.get("Bucket"), request.get("Key")
    if not bucket:
        return [Demand(action_of(call))]
    arn = bucket if bucket.startswith("arn:") else call.arn(f"s3:::{bucket}")
    if call.operation == "DeleteObjects":
        deleted = [
            Demand(_versioned("s3:DeleteObject", one), f"{arn}/{one.get('Key')}")
            for one in members(request, "Delete.Objects")
        ]
        return deleted or [Demand("s3:DeleteObject", f"{arn}/*")]
    action = _versioned(action_of(call), request)
    return [Demand(action, f"{arn}/{key}" if key else arn), *_with_object(call, f"{arn}/{key}")]


def _versioned(action: str, named: Mapping[str, Any]) -> str:
    """The action on a version of an object: s3:GetObjectVersionTagging for s3:GetObjectTagging."""
    return action.replace("Object", "ObjectVersion") if named.get("VersionId") and action in _OF_VERSIONS else action


_OF_VERSIONS: Final = {
    *("s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging"),
    *("s3:PutObjectAcl", "s3:PutObjectTagging", "s3:DeleteObject", "s3:DeleteObjectTagging"),
}


def _with_object(call: Call, arn: str) -> Iterable[Demand]:
    """What writing an object may need on top: its tags, its access list, and reading what is copied."""
    if call.operation not in ("PutObject", "CopyObject", "CreateMultipartUpload", "UploadPartCopy"):
        return
    if call.request.get("Tagging"):
        yield Demand("s3:PutObjectTagging", arn)
    if call.request.get("ACL") or any(value and name.startswith("Grant") for name, value in call.request.items()):
        yield Demand("s3:PutObjectAcl", arn)
    if source := call.request.get("CopySource"):
        yield _copied(call, str(source))


def _copied(call: Call, source: str) -> Demand:
    """Read as the service reads it; what it cannot read, it refuses."""
    from localstack.services.s3.utils import extract_bucket_key_version_id_from_copy_source

    try:
        bucket, key, version = extract_bucket_key_version_id_from_copy_source(source)
    except (ServiceException, ValueError):
        return Demand("s3:GetObject")
    return Demand(_versioned("s3:GetObject", {"VersionId": version}), call.arn(f"s3:::{bucket}/{key}"))
