"""What is no policy is refused, wherever it is given, and what asks in strange ways gets no error of the server's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError
from deployed import deployer
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


def test_a_policy_of_a_resource_that_is_none_admits_nobody(people):
    """SQS takes any text; the server must not fail on it."""
    sqs = people.server.client("sqs", ACCOUNT)
    url = sqs.create_queue(QueueName="odd")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": '{"Statement": [{"Effect": "Perhaps"}]}'})
    with pytest.raises(ClientError) as refused:
        people.client(people.session(people.role()), "sqs").send_message(QueueUrl=url, MessageBody="x")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


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
