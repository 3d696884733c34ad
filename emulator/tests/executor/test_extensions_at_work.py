"""Functions whose extensions take their time."""

from __future__ import annotations

import json
import socket
import threading

import pytest
from deployed import archive, deployer, eventually
from localstack_dockerless.executor.result import Rest, Result
from places import asked
from spies import SHELL, SPY, SUBSCRIPTION, logged


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(60)
        yield made


@pytest.fixture
def busy(server, extended, listener):
    """A function whose extension is at work until it is hung up on."""
    return extended({"spy.py": SPY}, {"invoke": "ask", **asked(server, listener)}, Timeout=60)


def value(function, event):
    return json.loads(function.client.invoke(FunctionName=function.name, Payload=json.dumps(event))["Payload"].read())


def test_the_response_does_not_wait_for_extensions_but_the_report_does(busy, listener, server):
    assert value(busy, {}) == []
    at_work, _ = listener.accept()
    at_work.close()
    lines = logged(server, busy, "REPORT")
    assert lines[-1].startswith("REPORT")


def test_an_environment_with_extensions_at_work_is_not_free(busy, listener):
    first = value(busy, {"stream": True})
    at_work, _ = listener.accept()
    second = value(busy, {"stream": True})
    assert first != second
    at_work.close()
    listener.accept()[0].close()


def test_extensions_at_work_count_as_concurrency(busy, listener):
    busy.client.put_function_concurrency(FunctionName=busy.name, ReservedConcurrentExecutions=1)
    value(busy, {})
    at_work, _ = listener.accept()
    with pytest.raises(busy.client.exceptions.TooManyRequestsException):
        value(busy, {})
    at_work.close()


def test_the_log_is_complete_for_who_asks_for_it(extended):
    answer = extended({"spy.py": SPY}, {"invoke": "report", "subscribe": SUBSCRIPTION}).invoke()
    assert "[spy.py] the function is done" in answer.lines
    assert answer.lines[-1].startswith("REPORT")


def test_too_much_memory_is_the_reason_whoever_is_killed_first(extended):
    answer = extended({"shell.sh": SHELL}, MemorySize=128, Timeout=60).invoke({"memory": 400})
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert "Error Type: Runtime.OutOfMemory" in answer.report


def test_a_deleted_version_ends_extensions_at_work(busy, listener):
    version = busy.publish()
    busy.client.invoke(FunctionName=busy.name, Qualifier=version)
    at_work, _ = listener.accept()
    busy.client.delete_function(FunctionName=busy.name, Qualifier=version)
    assert at_work.recv(1) == b"", "its process is gone"


def test_a_deleted_log_group_does_not_come_back_with_last_words(extended, server):
    function, logs = extended({"spy.py": SPY}), server.client("logs")
    function.invoke()
    group = f"/aws/lambda/{function.name}"
    logged(server, function, "REPORT")
    logs.delete_log_group(logGroupName=group)
    environments = server.data / "tmp" / "environments"
    before = set(environments.iterdir())
    function.configure(Description="another")
    eventually(lambda: before - set(environments.iterdir()))
    assert not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]


def test_a_reset_leaves_extensions_no_time(server, listener):
    account, made = "333344445555", []
    client = server.client("lambda", account)
    spy = {"shutdown": "ask", **asked(server, listener)}
    published = client.publish_layer_version(LayerName="spy", Content={"ZipFile": archive({"extensions/spy.py": SPY})})
    deploy = deployer(client, made)
    variables = {"SPY": json.dumps(spy)}
    environments = server.data / "tmp" / "environments"
    before = set(environments.iterdir())
    deploy("extended.py", Layers=[published["LayerVersionArn"]], Environment={"Variables": variables}).invoke()
    own = set(environments.iterdir()) - before
    server.command("reset", f"--account={account}")
    eventually(lambda: not own & set(environments.iterdir()))
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_who_waits_for_the_log_is_woken_after_the_environment_is_free():
    rest, waited = Rest(), []
    waiter = threading.Thread(target=rest.wait)
    waiter.start()

    def release(_):
        waiter.join(0.2)
        waited.append(waiter.is_alive())

    rest.add_done_callback(release)
    rest.set_result(Result(b"", is_error=False))
    waiter.join(20)
    assert (waited, waiter.is_alive()) == ([True], False)


def test_who_has_the_log_finds_the_environment_free(extended):
    function = extended({"spy.py": SPY}, {"invoke": "report", "subscribe": SUBSCRIPTION})
    function.client.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
    assert len({function.invoke({"stream": True}).value for _ in range(20)}) == 1
