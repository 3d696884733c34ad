"""Repositories and functions from images in templates."""

from __future__ import annotations

import json

import pytest
from containers import PYTHON, Functions, build
from deployed import HANDLERS, eventually

REPOSITORY = """
Resources:
  Images:
    Type: AWS::ECR::Repository
    Properties:
      EmptyOnDelete: true
      ImageTagMutability: IMMUTABLE
      ImageScanningConfiguration: {ScanOnPush: true}
      LifecyclePolicy: {LifecyclePolicyText: '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged",
        "countType": "imageCountMoreThan", "countNumber": 1}, "action": {"type": "expire"}}]}'}
Outputs:
  Name: {Value: !Ref Images}
  Uri: {Value: !GetAtt Images.RepositoryUri}
  Arn: {Value: !GetAtt Images.Arn}
"""
FUNCTION = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: %s
      ImageConfig: {Command: [image.another]}
      MemorySize: 1769
Outputs:
  Name: {Value: !Ref Worker}
"""


@pytest.fixture
def stack(server):
    """Makes stacks; their outputs."""
    client, made = server.client("cloudformation"), []

    def make(name, template):
        client.create_stack(
            StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        )
        made.append(name)

        def found():
            one = client.describe_stacks(StackName=name)["Stacks"][0]
            return one["StackStatus"] != "CREATE_IN_PROGRESS" and one

        one = eventually(found, 60)
        assert one["StackStatus"] == "CREATE_COMPLETE", one
        return {each["OutputKey"]: each["OutputValue"] for each in one["Outputs"]}

    yield make
    for name in reversed(made):
        client.delete_stack(StackName=name)
        client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})


def test_a_template_makes_a_repository_and_a_function_from_its_image(server, stack, tmp_path):
    functions = Functions(server)
    outputs = stack("images-repository", REPOSITORY)
    found = functions.ecr.describe_repositories(repositoryNames=[outputs["Name"]])["repositories"][0]
    assert (found["repositoryUri"], found["repositoryArn"]) == (outputs["Uri"], outputs["Arn"])
    assert found["imageTagMutability"] == "IMMUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert functions.ecr.get_lifecycle_policy(repositoryName=outputs["Name"])["lifecyclePolicyText"].startswith("{")
    text = f'{PYTHON}COPY image.py .\nCMD ["image.handler"]\n'
    layout = build(tmp_path, text, image__py=(HANDLERS / "image.py").read_text())
    functions.registry.push(outputs["Name"], layout, "v1")
    name = stack("images-function", FUNCTION % f"{outputs['Uri']}:v1")["Name"]
    answer = functions.client.invoke(FunctionName=name)
    assert json.load(answer["Payload"]) == "another"
