"""A check's session reads, and sends nothing that would change something."""

import boto3
import pytest
from botocore.exceptions import ClientError

from coldstart.lab import readonly

ARGUMENTS = {
    "lambda": {"FunctionName": "f", "Name": "a", "FunctionVersion": "1", "Qualifier": "1"},
    "iam": {"RoleName": "r", "PolicyArn": "p", "AssumeRolePolicyDocument": "{}"},
    "sqs": {"QueueUrl": "u", "QueueName": "q", "MessageBody": "m"},
}


@pytest.fixture
def nowhere(monkeypatch):
    """Credentials, and an endpoint where nothing listens: whatever is sent fails otherwise than what is refused."""
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:1", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return readonly.session("coldstart-14-")


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("lambda", "create_alias"),
        ("lambda", "delete_function"),
        ("lambda", "publish_version"),
        ("lambda", "update_function_configuration"),
        ("lambda", "invoke"),
        ("iam", "attach_role_policy"),
        ("iam", "create_role"),
        ("sqs", "create_queue"),
        ("sqs", "purge_queue"),
        ("sqs", "receive_message"),
        ("sqs", "send_message"),
    ],
)
def test_what_changes_something_is_refused_before_it_is_sent(nowhere, service, operation):
    client = nowhere.client(service)
    members = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[operation]
    ).input_shape.members
    with pytest.raises(readonly.NotReadOnlyError, match="may not call"):
        getattr(client, operation)(**{key: value for key, value in ARGUMENTS[service].items() if key in members})


def test_every_writing_operation_of_lambda_is_refused():
    model = boto3.client("lambda", region_name="us-east-1").meta.service_model
    reading = {name for name in model.operation_names if name.startswith(readonly.READING)}
    writing = {
        name for name in model.operation_names if model.operation_model(name).http["method"] in ("PUT", "DELETE")
    }
    assert not reading & writing


def test_reading_works(here, monkeypatch):
    aws = readonly.session("coldstart-14-")
    assert aws.client("lambda").list_functions()["Functions"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("lambda").get_function(FunctionName="nothing")


@pytest.mark.parametrize(
    "arguments", [{"FunctionName": "coldstart-14-own"}, {"FunctionName": "f", "InvocationType": "DryRun"}]
)
def test_own_functions_may_be_invoked_and_others_tried(here, arguments):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        readonly.session("coldstart-14-").client("lambda").invoke(**arguments)


def test_an_ordinary_session_is_not_touched(here):
    readonly.session("coldstart-14-")
    boto3.client("sqs").create_queue(QueueName="q")
