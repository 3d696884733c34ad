"""Repositories of images; LocalStack's provider only pretends to make them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

import json
from typing import Any

from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, provider

_NAMED = {"repositoryName": "RepositoryName"}


def _name(model: Model, _before: Model) -> str:
    """Generated names have capital letters, which those of repositories have not."""
    return str(model["RepositoryName"]).lower()


def _policy(model: Model, _before: Model) -> str | None:
    policy = model.get("RepositoryPolicyText")
    return json.dumps(policy) if isinstance(policy, dict) else policy


def _lifecycle(model: Model, _before: Model) -> str | None:
    return (model.get("LifecyclePolicy") or {}).get("LifecyclePolicyText")


def _scanning(model: Model, _before: Model) -> dict[str, Any] | None:
    wanted = model.get("ImageScanningConfiguration") or {}
    return {"scanOnPush": wanted["ScanOnPush"] in (True, "true")} if "ScanOnPush" in wanted else None


_AFTER = (
    Call(
        "set_repository_policy",
        {**_NAMED, "policyText": _policy},
        of=("RepositoryPolicyText",),
        needs=("policyText",),
    ),
    Call(
        "put_lifecycle_policy",
        {**_NAMED, "lifecyclePolicyText": _lifecycle},
        of=("LifecyclePolicy",),
        needs=("lifecyclePolicyText",),
    ),
    Call(
        "put_image_scanning_configuration",
        {**_NAMED, "imageScanningConfiguration": _scanning},
        of=("ImageScanningConfiguration",),
        needs=("imageScanningConfiguration",),
    ),
)
_MUTABILITY = Call("put_image_tag_mutability", {**_NAMED, "imageTagMutability": "ImageTagMutability"})

RepositoryProvider = provider(
    "AWS::ECR::Repository",
    Kind(
        "ecr",
        "RepositoryName",
        (
            Call(
                "create_repository",
                {"repositoryName": _name, "imageTagMutability": "ImageTagMutability", "tags": "Tags"},
                of=("RepositoryName",),
            ),
        ),
        Call("delete_repository", {**_NAMED, "force": "EmptyOnDelete"}),
        replaced=("RepositoryName",),
        answer=("repository",),
        attributes={"RepositoryName": "repositoryName", "Arn": "repositoryArn", "RepositoryUri": "repositoryUri"},
        name="RepositoryName",
        after=_AFTER,
        changes=(_MUTABILITY, *_AFTER),
    ),
)
