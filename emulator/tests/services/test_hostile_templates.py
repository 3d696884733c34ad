"""Templates by anybody: refused at once, and the server goes on."""

from __future__ import annotations

import itertools
import json

import pytest
from botocore.exceptions import ClientError

QUEUE = {"Type": "AWS::SQS::Queue"}
LETTERS = "abcdefghij"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in itertools.pairwise(LETTERS)
)
ALIASES = "Template error: YAML aliases are not allowed in CloudFormation templates"
MALFORMED = "Template format error: [/Resources/A] resource definition is malformed"
YAML = "Template format error: YAML not well-formed."
DEEP = "Template format error: the template is nested too deeply."
GET_ATT = "Template error: every Fn::GetAtt object requires two non-empty parameters"
SUB = "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."
UNFIT = (
    *(("Ref", [1]), ("Fn::Join", None), ("Fn::Select", 5), ("Fn::If", ["a"]), ("Fn::FindInMap", 5), ("Fn::Split", [])),
    *(("Fn::Base64", []), ("Fn::ImportValue", [1]), ("Fn::GetAZs", {"a": 1}), ("Fn::Equals", 5), ("Fn::Cidr", None)),
)


def queue(name):
    """A template of a queue of this name."""
    return json.dumps({"Resources": {"A": {**QUEUE, "Properties": {"QueueName": name}}}})


def nested(levels):
    name = '"x"'
    for _ in range(levels):
        name = f'{{"Fn::Join": ["", [{name}]]}}'
    return queue("here").replace('"here"', name)


CASES = {
    "bomb": (f"{BOMB}Resources:\n  A: {{Type: AWS::SQS::Queue}}", ALIASES),
    "alias": ("x: &x {Type: AWS::SQS::Queue}\nResources:\n  A: *x", ALIASES),
    "deep yaml": ("Resources: " + "[" * 10_000, YAML),
    "deep json": ('{"Resources":' + '{"a":' * 8_000, YAML),
    "deep template": (nested(300), DEEP),
    "tag of python": ("Resources: !!python/object/apply:os.system ['true']", YAML),
    "text": ("hello", "Template format error: unsupported structure."),
    "list": ("[1, 2]", "Template format error: unsupported structure."),
    "nothing": (" ", "Template format error: unsupported structure."),
    "no resources": ("{}", "Template format error: At least one Resources member must be defined."),
    "resources are a list": ('{"Resources": [1]}', "Template format error: [/Resources] is malformed"),
    "parameters are a list": ('{"Parameters": [1]}', "Template format error: [/Parameters] is malformed"),
    "resource is a text": ('{"Resources": {"A": "x"}}', MALFORMED),
    "resource without a type": ('{"Resources": {"A": {}}}', MALFORMED),
    "type is a number": ('{"Resources": {"A": {"Type": 5}}}', MALFORMED),
    "properties are a list": ('{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": [1]}}}', MALFORMED),
    "function of a number": (queue({"Fn::GetAtt": 5}), GET_ATT),
    "function of a resource": (queue({"Fn::GetAtt": "B"}), GET_ATT),
    "text of three": (queue({"Fn::Sub": [1, 2, 3]}), SUB),
    "501": (
        json.dumps({"Resources": {f"Q{number}": QUEUE for number in range(501)}}),
        "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    ),
    "itself": (queue({"Ref": "A"}), "Circular dependency between resources: [A]"),
    "circle": (
        json.dumps({"Resources": {"A": {**QUEUE, "DependsOn": "B"}, "B": {**QUEUE, "DependsOn": ["A"]}}}),
        "Circular dependency between resources: [A, B]",
    ),
    "circle of functions": (
        json.dumps(
            {
                "Resources": {
                    "A": {**QUEUE, "Properties": {"QueueName": {"Fn::Sub": "x${B.QueueName}"}}},
                    "B": {**QUEUE, "Properties": {"QueueName": {"Fn::GetAtt": ["A", "QueueName"]}}},
                }
            }
        ),
        "Circular dependency between resources: [A, B]",
    ),
    **{f"{name} of {unfit}": (queue({name: unfit}), "Template error: ") for name, unfit in UNFIT},
    "waits for a number": (json.dumps({"Resources": {"A": {**QUEUE, "DependsOn": 5}}}), "Template error: "),
    "parameter is a number": (json.dumps({"Parameters": {"P": 5}, "Resources": {"A": QUEUE}}), "Template error: "),
    "parameter without a type": (json.dumps({"Parameters": {"P": {}}, "Resources": {"A": QUEUE}}), "Template error: "),
    "output is a number": (json.dumps({"Outputs": {"O": 5}, "Resources": {"A": QUEUE}}), "Template error: "),
    "52 KB": (queue("x" * 51_200), "Member must have length less than or equal to 51200"),
}


@pytest.fixture(scope="module")
def client(server):
    return server.client("cloudformation", "640000000006")


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused(client, case):
    template, words = CASES[case]
    with pytest.raises(ClientError) as refusal:
        client.create_stack(StackName="hostile", TemplateBody=template)
    error = refusal.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert words in error["Message"]


def test_what_was_refused_leaves_no_stack_behind(client):
    with pytest.raises(ClientError, match="ValidationError"):
        client.create_stack(StackName="again", TemplateBody=queue({"Ref": "Missing"}))
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName="again")
    client.create_stack(StackName="again", TemplateBody=queue("again"))
    client.get_waiter("stack_create_complete").wait(StackName="again", WaiterConfig={"Delay": 0.1})
    with pytest.raises(ClientError, match="already exists"):
        client.create_stack(StackName="again", TemplateBody=queue("again"))
    assert client.describe_stacks(StackName="again")["Stacks"]
    client.delete_stack(StackName="again")


def test_a_template_in_s3_has_a_megabyte(server, client):
    s3 = server.client("s3", "640000000006")
    s3.create_bucket(Bucket="hostile-templates")
    large = json.dumps({"Description": "\u20ac" * 400_000, "Resources": {"A": QUEUE}}, ensure_ascii=False)
    s3.put_object(Bucket="hostile-templates", Key="large", Body=large)
    with pytest.raises(ClientError, match=r"Template may not exceed 1000000 bytes in size\."):
        client.create_stack(StackName="large", TemplateURL="https://hostile-templates.s3.amazonaws.com/large")
    s3.delete_object(Bucket="hostile-templates", Key="large")
    s3.delete_bucket(Bucket="hostile-templates")


def test_what_only_looks_like_a_circle_is_none(client):
    template = {
        "Resources": {
            "A": {**QUEUE, "Properties": {"QueueName": {"Fn::Sub": ["x-${B}", {"B": "own"}]}}},
            "B": {**QUEUE, "DependsOn": "A", "Metadata": {"Of": {"Fn::GetAtt": "A.Arn"}}},
        }
    }
    client.create_stack(StackName="straight", TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName="straight", WaiterConfig={"Delay": 0.1})
    client.delete_stack(StackName="straight")
