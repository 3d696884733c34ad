"""Whatever is killed, full or wrong: others go on, the next start is clean, and no message is lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError
from deployed import archive, deploy, deployer, eventually
from localstack_dockerless.sandbox import cgroups

FUNCTIONS = Path(__file__).parent / "functions"
WAITS = """
import os, subprocess, time
if os.environ.get("IN") == "init":
    time.sleep(300)
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    if "child" in event:
        subprocess.run(["sleep", event["child"]])
    return os.getpid()
"""
__all__ = ["deploy"]


def pid_of(server):
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/health") as answer:
        return int(json.load(answer)["pid"])


def runtimes(server, name=""):
    """Processes that serve functions, or one function."""
    found = []
    for process in psutil.Process(pid_of(server)).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            environment = process.environ()
            if environment.get("AWS_LAMBDA_FUNCTION_NAME", "") == name or (
                not name and "LAMBDA_TASK_ROOT" in environment
            ):
                found.append(process)
    return found


def waiting(deploy, **options):
    return deploy(code=archive({"app.py": WAITS}), Handler="app.handler", **options)


# An environment


def test_an_environment_killed_in_an_invocation_ends_that_one_alone(server, deploy):
    function, other = waiting(deploy, Timeout=60), waiting(deploy)
    before = other.invoke().value
    with ThreadPoolExecutor(1) as pool:
        invocation = pool.submit(function.invoke, {"child": "60"})
        child = eventually(lambda: [each for each in runtimes(server, function.name) if each.name() == "sleep"])[0]
        child.parent().kill()
        answer = invocation.result()
    assert was_killed(answer)
    assert function.invoke().error is None
    assert other.invoke().value == before


def was_killed(answer):
    message = answer.value["errorMessage"]
    return answer.value["errorType"] == "Runtime.ExitError" and message.endswith(
        "Error: Runtime exited with error: signal: killed"
    )


def test_environments_killed_in_init_end_in_aws_s_error(server, deploy):
    """The one that the invocation makes up for the first, too."""
    function = waiting(deploy, Timeout=60, Environment={"Variables": {"IN": "init"}})

    def kill_all():
        for runtime in runtimes(server, function.name):
            with contextlib.suppress(psutil.NoSuchProcess):
                runtime.kill()

    with ThreadPoolExecutor(1) as pool:
        invocation = pool.submit(function.invoke)
        eventually(lambda: kill_all() or invocation.done(), 60)
        assert was_killed(invocation.result())
    function.configure(Environment={"Variables": {}})
    assert function.invoke().error is None


def test_an_environment_killed_while_frozen_is_replaced_unnoticed(server, deploy):
    function = waiting(deploy)
    before = function.invoke().value
    (runtime,) = runtimes(server, function.name)
    runtime.kill()
    eventually(lambda: not is_alive(runtime))  # SIGKILL takes its time: until then the invocation would meet it
    answer = function.invoke()
    assert answer.error is None
    assert answer.value != before or runtime.pid not in psutil.pids()


def is_alive(process):
    """Whether it still holds its connections: a zombie has closed them."""
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


# Messages


@pytest.fixture
def told(server):
    """A queue, and what has been sent to it so far."""
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=f"told-{time.monotonic_ns()}")["QueueUrl"]
    seen = []

    def so_far():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            seen.extend(json.loads(message["Body"]))
        return seen

    yield url, so_far
    sqs.delete_queue(QueueUrl=url)


def dying(deploy, url):
    source = (FUNCTIONS / "dies_of_its_first_batch.py").read_text()
    return deploy(
        code=archive({"app.py": source}), Handler="app.handler", Timeout=1, Environment={"Variables": {"TELL": url}}
    )


def test_messages_of_a_queue_come_back_after_the_environment_was_killed(server, deploy, told):
    url, so_far = told
    sqs, function = server.client("sqs"), dying(deploy, url)
    queue = sqs.create_queue(QueueName=f"{function.name}-source", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sent = [str(number) for number in range(10)]
    sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": one, "MessageBody": one} for one in sent])
    mapping = function.client.create_event_source_mapping(FunctionName=function.name, EventSourceArn=arn, BatchSize=10)
    try:
        assert eventually(lambda: sorted(set(so_far())) == sent, 60)
    finally:
        function.client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_records_of_a_stream_come_again_after_the_environment_was_killed(server, deploy, told):
    url, so_far = told
    kinesis, function = server.client("kinesis"), dying(deploy, url)
    kinesis.create_stream(StreamName=function.name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=function.name, WaiterConfig={"Delay": 0.1})
    arn = kinesis.describe_stream_summary(StreamName=function.name)["StreamDescriptionSummary"]["StreamARN"]
    sent = [
        kinesis.put_record(StreamName=function.name, Data=b"x", PartitionKey="k")["SequenceNumber"] for _ in range(5)
    ]
    mapping = function.client.create_event_source_mapping(
        FunctionName=function.name, EventSourceArn=arn, StartingPosition="TRIM_HORIZON"
    )
    try:
        assert eventually(lambda: list(dict.fromkeys(so_far())) == sent, 60)
    finally:
        function.client.delete_event_source_mapping(UUID=mapping["UUID"])
        kinesis.delete_stream(StreamName=function.name)


# The server


def test_a_server_killed_with_fifty_environments_leaves_nothing_and_starts_again(another_server):
    one = another_server()
    one.start()
    function = waiting(deployer(one.client("lambda"), []), Timeout=120)
    server, supervisor = pid_of(one), psutil.Process(pid_of(one)).parent()
    assert supervisor
    with ThreadPoolExecutor(50) as pool:
        invocations = [pool.submit(function.invoke, {"seconds": 100}) for _ in range(50)]
        eventually(lambda: len(runtimes(one)) >= 50, 100)
        left = supervisor.children(recursive=True)
        os.kill(server, signal.SIGKILL)
        assert all(invocation.exception() for invocation in invocations)
    assert eventually(lambda: not any(process.is_running() for process in [*left, supervisor]), 60)
    assert not list((one.data / "tmp").glob("*"))
    assert str(one.data) not in Path("/proc/self/mountinfo").read_text()
    assert not cgroups.made_by(server)
    one.start()
    assert waiting(deployer(one.client("lambda"), [])).invoke().error is None


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_gets_full_is_an_error_of_the_service_and_no_more(another_server):
    one = another_server()
    one.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", one.data], check=True)
    try:
        one.start()
        _fill_and_free(one)
    finally:
        one.command("stop")
        subprocess.run(["umount", "--lazy", one.data], check=True)


def written(server, function):
    """What is in a function's log group, as one text."""
    group = server.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function.name}")
    return "".join(event["message"] for event in group["events"])


def _fill_and_free(one):
    s3, sqs, made = one.client("s3"), one.client("sqs"), []
    deploy = deployer(one.client("lambda"), made)
    function = waiting(deploy)
    pid = function.invoke().value
    s3.create_bucket(Bucket="full")
    s3.put_object(Bucket="full", Key="key", Body=b"before")
    queue = sqs.create_queue(QueueName="full")["QueueUrl"]
    big = one.data / "big"
    with contextlib.suppress(OSError), big.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    for refused in (
        lambda: s3.put_object(Bucket="full", Key="key", Body=bytes(8 << 20)),
        lambda: deploy(code=archive({"app.py": WAITS, "data": os.urandom(8 << 20)}), Handler="app.handler"),
    ):
        with pytest.raises(ClientError) as error:
            refused()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
        assert "The disk of this machine is full" in str(error.value)
    sqs.send_message(QueueUrl=queue, MessageBody="kept")
    answer = function.invoke()
    assert answer.value == pid
    eventually(lambda: answer.report in written(one, function))
    assert s3.get_object(Bucket="full", Key="key")["Body"].read() == b"before"
    big.unlink()
    s3.put_object(Bucket="full", Key="key", Body=bytes(1 << 20))
    assert len(s3.get_object(Bucket="full", Key="key")["Body"].read()) == 1 << 20
    assert waiting(deploy).invoke().error is None
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"
