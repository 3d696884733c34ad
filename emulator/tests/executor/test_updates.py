from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from deployed import HANDLERS, archive, eventually


@pytest.fixture
def queue(server, request):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=request.node.name.replace("[", "-").replace("]", "")[:80])["QueueUrl"]
    yield sqs, url
    sqs.delete_queue(QueueUrl=url)


def received(queue, count, seconds=30):
    """As many messages as expected, decoded."""
    sqs, url = queue
    found = []

    def enough():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= count

    eventually(enough, seconds)
    return found


def recorder(deploy, queue, **options):
    return deploy("records.py", Timeout=10, Environment={"Variables": {"QUEUE": queue[1]}}, **options)


def second_version():
    text = (HANDLERS / "records.py").read_text().replace('VERSION = "1"', 'VERSION = "2"')
    return archive({"records.py": text})


def test_events_that_are_queued_while_a_function_is_updated_all_arrive(deploy, queue):
    function = recorder(deploy, queue)
    for number in range(8):
        function.send({"number": number, "sleep": 0.2})
    function.deploy(second_version())
    for number in range(8, 15):
        function.send({"number": number})
    arrived = received(queue, 15)
    assert sorted({message["event"]["number"] for message in arrived}) == list(range(15))
    assert {message["version"] for message in arrived if message["event"]["number"] >= 8} == {"2"}


def test_an_invocation_that_runs_during_an_update_finishes_on_the_old_code(deploy, queue):
    function = recorder(deploy, queue)
    function.invoke()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(function.invoke, {"begin": True, "sleep": 5})
        assert received(queue, 2)[-1]["event"] == "begun"
        function.deploy(second_version())
        assert not running.done()
        assert running.result().error is None
    assert [message["version"] for message in received(queue, 1)] == ["1"]


def test_clients_that_never_stop_see_no_error_through_updates(deploy):
    function, over, errors = deploy(Timeout=10), threading.Event(), []

    def call():
        while not over.is_set():
            try:
                errors.append(function.invoke().error)
            except Exception as error:  # noqa: BLE001 - any counts
                errors.append(error)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(call)
        for number in range(3):
            eventually(lambda enough=8 * number: len(errors) > enough)
            function.configure(Description=str(number))
        over.set()
    assert [error for error in errors if error] == []


def test_deleting_a_function_ends_its_running_invocation(deploy):
    function = deploy("fails.py", Timeout=60)
    function.invoke()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(function.invoke, {"how": "sleep", "seconds": 60})
        time.sleep(0.3)
        begun = time.monotonic()
        function.client.delete_function(FunctionName=function.name)
        assert running.exception() is not None
    assert time.monotonic() - begun < 30, "not after the handler's minute"
    function.client.create_function(
        FunctionName=function.name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/test",
        Handler="fails.handler",
        Code={"ZipFile": second_version()},
    )
