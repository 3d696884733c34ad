"""The server looks up no name and reaches no address but those of this machine.

An audit hook in its process takes note of every attempt.
"""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys

import pytest
from functions import ECHO, deploy, eventually
from localstack_dockerless.server.environment import server_environment
from localstack_dockerless.server.settings import Settings
from servers import Server, free_port

WATCHED = """
import json, os, runpy, sys

EVENTS = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def note(event, arguments):
    if event in EVENTS:
        os.write(log, (json.dumps([event, arguments[EVENTS[event]]], default=repr) + "\\n").encode())

sys.addaudithook(note)
sys.argv = sys.argv[:1]
runpy.run_module("localstack_dockerless.server", run_name="__main__")
"""
CALLS = {
    "s3": lambda client: client.create_bucket(Bucket="here"),
    "sqs": lambda client: client.create_queue(QueueName="here"),
    "sns": lambda client: client.create_topic(Name="here"),
    "iam": lambda client: client.list_roles(),
    "sts": lambda client: client.get_caller_identity(),
    "logs": lambda client: client.describe_log_groups(),
    "cloudwatch": lambda client: client.list_metrics(),
    "events": lambda client: client.list_rules(),
}


@pytest.fixture
def watched(tmp_path, runtimes):
    """A server with the hook, and the file of what it did."""
    one, log, script = Server(free_port(), tmp_path / "data"), tmp_path / "log", tmp_path / "watched.py"
    script.write_text(WATCHED)
    (one.data / "tmp").mkdir(parents=True)
    environment = server_environment(Settings(one.port, one.data)) | {"DOCKERLESS_MOUNTS": "0"}
    process = subprocess.Popen([sys.executable, script, log], env=environment, cwd=one.data)
    eventually(lambda: one.command("status").returncode == 0, 60)
    yield one, log
    process.terminate()
    process.wait(30)


def test_every_address_is_this_machines(watched):
    one, log = watched
    for service, call in CALLS.items():
        call(one.client(service))
    client = one.client("lambda")
    client.invoke(FunctionName=deploy(client, ECHO), Payload=b"1")
    attempts = [json.loads(line) for line in log.read_text().splitlines()]
    assert attempts
    assert [attempt for attempt in attempts if not is_here(attempt[1])] == []


def is_here(target):
    """Whether it is a loopback address, a name of it, no address at all (to listen), or a Unix socket."""
    host = target[0] if isinstance(target, list) else target
    if isinstance(target, str) and target.startswith(("/", "\0", "b'")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in (None, "", "localhost", os.uname().nodename)
