"""Repositories of images; LocalStack's provider only pretends to make them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

import json
from typing import Any

from localstack_dockerless.services.cloudformation.resources import Call, Kind, Model, provider

_NAMED = {"repositoryName": "RepositoryName"}


def _prepare(model: Model) -> None:
    """Names have no capital letters, and policies are texts."""
    model["RepositoryName"] = model["RepositoryName"].lower()
    policy = model.get("RepositoryPolicyText")
    if isinstance(policy, dict):
        model["RepositoryPolicyText"] = json.dumps(policy)


def _finish(client: Any, model: Model) -> None:
    """What the creation takes in another form."""
    name = {"repositoryName": model["RepositoryName"]}
    if text := (model.get("LifecyclePolicy") or {}).get("LifecyclePolicyText"):
        client.put_lifecycle_policy(**name, lifecyclePolicyText=text)
    if "ScanOnPush" in (scanning := model.get("ImageScanningConfiguration") or {}):
        wanted = {"scanOnPush": scanning["ScanOnPush"] in (True, "true")}
        client.put_image_scanning_configuration(**name, imageScanningConfiguration=wanted)


_POLICY = Call("set_repository_policy", {**_NAMED, "policyText": "RepositoryPolicyText"}, needs="RepositoryPolicyText")
_MUTABILITY = Call("put_image_tag_mutability", {**_NAMED, "imageTagMutability": "ImageTagMutability"})

RepositoryProvider = provider(
    "AWS::ECR::Repository",
    Kind(
        "ecr",
        "RepositoryName",
        Call("create_repository", {**_NAMED, "imageTagMutability": "ImageTagMutability", "tags": "Tags"}),
        Call("delete_repository", {**_NAMED, "force": "EmptyOnDelete"}),
        answer=("repository",),
        attributes={"Arn": "repositoryArn", "RepositoryUri": "repositoryUri"},
        name="RepositoryName",
        after=(_POLICY,),
        changes=(_MUTABILITY, _POLICY),
        prepare=_prepare,
        finish=_finish,
    ),
)
