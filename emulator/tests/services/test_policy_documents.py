"""What is no policy is refused, wherever it is given, and what asks in strange ways gets no error of the server's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from deployed import deployer
from localstack.services.iam import provider
from localstack_dockerless.permissions.documents import parse
from roles import People, document, trust

ACCOUNT = "652000000001"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def people(server):
    return People(server, ACCOUNT)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "1",
        "{}",
        '{"Statement": 1}',
        '{"Statement": ["x"]}',
        "[" * 5_000,
        trust().replace("Service", "Person"),
    ],
)
def test_a_trust_policy_that_is_none(people, text):
    name = people.role()
    for call in (
        lambda: people.iam.create_role(RoleName="never", AssumeRolePolicyDocument=text),
        lambda: people.iam.update_assume_role_policy(RoleName=name, PolicyDocument=text),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "MalformedPolicyDocument"


@pytest.mark.parametrize("text", ["{", '{"Statement": 1}', '{"Statement": {"Effect": "Perhaps"}}', "[" * 5_000])
def test_a_policy_of_a_resource_that_is_none(people, text):
    client = {name: people.server.client(name, ACCOUNT) for name in ("sqs", "sns", "s3", "kms")}
    url = client["sqs"].create_queue(QueueName="odd")["QueueUrl"]
    topic = client["sns"].create_topic(Name="odd")["TopicArn"]
    client["s3"].create_bucket(Bucket="odd-policies")
    key = client["kms"].create_key()["KeyMetadata"]["KeyId"]
    for code, call in {
        "InvalidAttributeValue": lambda: client["sqs"].set_queue_attributes(QueueUrl=url, Attributes={"Policy": text}),
        "InvalidParameter": lambda: client["sns"].set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=text
        ),
        "MalformedPolicy": lambda: client["s3"].put_bucket_policy(Bucket="odd-policies", Policy=text),
        "MalformedPolicyDocumentException": lambda: client["kms"].put_key_policy(KeyId=key, Policy=text),
        "MalformedPolicyDocument": lambda: people.iam.create_policy(PolicyName="odd", PolicyDocument=text),
    }.items():
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == code


def test_every_policy_of_aws_can_be_read():
    """LocalStack brings 1,443; a statement that could not be read would count for nothing."""
    file = Path(provider.__file__).parent / "resources" / "aws_managed_policies.json"
    policies = json.loads(file.read_text())
    assert all(parse(json.dumps(policy["Document"])).statements for policy in policies.values())


REQUESTS = [
    ("dynamodb", "DynamoDB_20120810.GetItem", {}),
    ("dynamodb", "DynamoDB_20120810.TransactWriteItems", {"TransactItems": [{"Put": {}}, {}]}),
    ("dynamodb", "DynamoDB_20120810.ExecuteStatement", {"Statement": "'\" DROP *"}),
    ("dynamodb", "DynamoDB_20120810.BatchGetItem", {"RequestItems": {"t": {}}}),
    ("dynamodb", "DynamoDB_20120810.BatchWriteItem", {"RequestItems": {"t": [{}]}}),
    ("dynamodb", "DynamoDB_20120810.Query", {"TableName": "t", "IndexName": "", "KeyConditionExpression": "=="}),
    ("kinesis", "Kinesis_20131202.GetRecords", {"ShardIterator": "%%%"}),
    ("kms", "TrentService.Decrypt", {"CiphertextBlob": ""}),
    ("kms", "TrentService.Encrypt", {"KeyId": "arn:aws:kms:alias/"}),
    ("kms", "TrentService.Encrypt", {"KeyId": "arn:aws:kms:alias/x"}),
    ("kms", "TrentService.Encrypt", {"KeyId": "arn:aws:kms:::alias/x"}),
    ("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": ":secret:"}),
    ("logs", "Logs_20140328.PutLogEvents", {"logGroupName": "", "logStreamName": None}),
    ("events", "AWSEvents.PutEvents", {"Entries": [{}, {"EventBusName": ":"}]}),
    ("sqs", "AmazonSQS.SendMessage", {"QueueUrl": "nowhere"}),
    ("kms", "TrentService.Encrypt", {"KeyId": "arn:aws:kms:nowhere:123456789012:key/x"}),
    ("sqs", "AmazonSQS.SendMessage", {"QueueUrl": "http://localhost/queue/nowhere/1/x"}),
]


@pytest.mark.parametrize(("service", "target", "body"), REQUESTS)
def test_a_strange_request_of_a_role_gets_no_error_of_the_server(people, service, target, body):
    key = people.session(people.role()).get_credentials().access_key
    credential = (
        f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=a, Signature=b"
    )
    headers = {"Authorization": credential, "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(people.server.endpoint, json.dumps(body).encode(), headers, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code < 500


def test_a_role_with_another_path_is_another_role(people, server):
    name = "in-a-path"
    people.iam.create_role(RoleName=name, Path="/some/", AssumeRolePolicyDocument=trust())
    people.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(ALL))
    made = []
    deploy = deployer(server.client("lambda", ACCOUNT), made)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        deploy(Role=people.arn(name))
    deploy(Role=f"arn:aws:iam::{ACCOUNT}:role/some/{name}")
    made[0].client.delete_function(FunctionName=made[0].name)
