"""The AWS CLI: functions, their logs, files in a bucket, a queue, and what it says when something is not there."""

from __future__ import annotations

import base64
import json
import urllib.request
import zipfile

import pytest
from public import ACCOUNT
from roles import trust

SOURCE = """
import os
def handler(event, context):
    print("seen", event["name"])
    return {"greeting": "%s " + event["name"], "version": context.function_version, "mood": os.environ.get("MOOD")}
"""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
LOGGING = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
NAME = ("--function-name", "greets")


@pytest.fixture(scope="module")
def aws(programs):
    def aws(*line, **options):
        printed = programs.run("aws", "--output", "json", *line, **options)
        return json.loads(printed) if printed.startswith(("{", "[", '"')) else printed

    return aws


@pytest.fixture(scope="module")
def package(programs):
    """Makes a deployment package, and gives the argument that names it."""

    def package(word):
        with zipfile.ZipFile(programs.home / f"{word}.zip", "w") as archive:
            archive.writestr("app.py", SOURCE % word)
        return f"fileb://{word}.zip"

    return package


@pytest.fixture(scope="module")
def function(aws, package):
    """Created by the CLI, which also waits for it, and deleted by it."""
    aws("iam", "create-role", "--role-name", "worker", "--assume-role-policy-document", trust())
    aws("iam", "attach-role-policy", "--role-name", "worker", "--policy-arn", LOGGING)
    code = ("--runtime", "python3.13", "--handler", "app.handler", "--zip-file", package("Hello"))
    made = aws("lambda", "create-function", *NAME, "--role", ROLE, *code, "--publish")
    assert (made["FunctionArn"], made["Version"]) == (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:greets", "1")
    aws("lambda", "wait", "function-active-v2", *NAME)
    yield NAME
    aws("lambda", "delete-function", *NAME)
    assert "ResourceNotFoundException" in aws("lambda", "get-function", *NAME, fails=True)


@pytest.fixture(scope="module")
def invoke(aws, function, programs):
    def invoke(*options):
        told = aws("lambda", "invoke", *function, "--payload", '{"name": "Ann"}', *options, "answer.json")
        return told, json.loads((programs.home / "answer.json").read_text())

    return invoke


def test_a_function_is_invoked_and_its_log_is_shown(aws, invoke):
    told, answer = invoke("--log-type", "Tail")
    assert answer == {"greeting": "Hello Ann", "version": "$LATEST", "mood": None}
    assert (told["StatusCode"], told["ExecutedVersion"]) == (200, "$LATEST")
    assert "seen Ann\n" in base64.b64decode(told["LogResult"]).decode()


def test_its_log_events_are_found(aws, invoke):
    invoke("--qualifier", "1")
    search = ("logs", "filter-log-events", "--log-group-name", "/aws/lambda/greets", "--filter-pattern", "seen")
    # Not there at once, as on AWS: the CLI is slow enough that a few questions will do.
    found = next(found for _ in range(50) if (found := aws(*search, "--query", "events[].message")))
    assert found[0] == "seen Ann\n"


def test_code_and_configuration_are_updated_and_an_alias_keeps_the_old(aws, function, invoke, package):
    aws("lambda", "create-alias", *function, "--name", "live", "--function-version", "1")
    updated = aws("lambda", "update-function-code", *function, "--zip-file", package("Goodbye"))
    assert updated["LastUpdateStatus"] == "InProgress"
    aws("lambda", "wait", "function-updated-v2", *function)
    aws("lambda", "update-function-configuration", *function, "--environment", "Variables={MOOD=good}")
    aws("lambda", "wait", "function-updated-v2", *function)
    assert invoke()[1] == {"greeting": "Goodbye Ann", "version": "$LATEST", "mood": "good"}
    assert invoke("--qualifier", "live")[1] == {"greeting": "Hello Ann", "version": "1", "mood": None}


def test_an_error_is_told_in_the_words_of_aws(aws):
    said = aws("lambda", "get-function", "--function-name", "nobody", fails=True)
    called = "An error occurred (ResourceNotFoundException) when calling the GetFunction operation"
    assert said.strip() == f"{called}: Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:nobody"


def test_a_directory_goes_to_a_bucket_and_back(aws, programs):
    there, back = programs.home / "there", programs.home / "back"
    (there / "deep").mkdir(parents=True)
    (there / "one.txt").write_text("one")
    (there / "deep" / "large.bin").write_bytes(b"0123456789" * 1_000_000)  # in several parts
    aws("s3", "mb", "s3://cli-files")
    aws("s3", "sync", str(there), "s3://cli-files/kept")
    listed = aws("s3", "ls", "--recursive", "s3://cli-files").splitlines()
    assert [line.split()[2:] for line in listed] == [["10000000", "kept/deep/large.bin"], ["3", "kept/one.txt"]]
    aws("s3", "cp", "--recursive", "s3://cli-files/kept", str(back))
    assert (back / "deep" / "large.bin").read_bytes() == (there / "deep" / "large.bin").read_bytes()
    address = aws("s3", "presign", "s3://cli-files/kept/one.txt").strip()
    assert urllib.request.urlopen(address).read() == b"one"
    aws("s3", "rb", "--force", "s3://cli-files")
    assert "cli-files" not in aws("s3", "ls")


def test_a_queue_by_its_own_address(aws, server):
    """This CLI has an old address of SQS of its own, and takes another only on the command line."""
    here = ("--endpoint-url", server.endpoint)
    address = aws("sqs", "create-queue", "--queue-name", "cli-jobs", *here)["QueueUrl"]
    aws("sqs", "send-message", "--queue-url", address, "--message-body", "hello", *here)
    (message,) = aws("sqs", "receive-message", "--queue-url", address, *here)["Messages"]
    assert message["Body"] == "hello"
    aws("sqs", "delete-queue", "--queue-url", address, *here)


def test_who_i_am(aws):
    assert aws("sts", "get-caller-identity")["Account"] == ACCOUNT
