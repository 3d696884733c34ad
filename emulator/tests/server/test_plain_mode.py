"""A machine without bubblewrap and control groups: functions run, are limited, and nothing of them is left."""

from __future__ import annotations

import json
import os
import subprocess

import psutil
import pytest
from functions import deploy, eventually
from servers import COMMAND

DOES = """
import subprocess, time
def handler(event, context):
    if event == "wait":
        subprocess.Popen(["sleep", "600"])
        time.sleep(60)
    if event == "fill":
        kept = bytearray(400 << 20)
        time.sleep(60)
    return event
"""
PLAIN = {"DOCKERLESS_SANDBOX": "plain", "DOCKERLESS_LIMITS": "portable"}


def invoke(client, name, event):
    return json.load(client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"])


def of_server(one):
    """Processes that were started by it, by a variable that has a place below its directory."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except psutil.Error:
            continue
        if any(str(one.data) in value for value in environment.values()):
            found.append(process)
    return found


@pytest.fixture
def plain(another_server):
    one = another_server()
    one.start(env=os.environ | PLAIN)
    return one


def test_functions_run_and_are_limited_and_nothing_of_them_is_left(plain):
    client = plain.client("lambda")
    name = deploy(client, DOES, Timeout=3, MemorySize=256)
    assert invoke(client, name, "here") == "here"
    assert invoke(client, name, "wait")["errorType"] == "Sandbox.Timedout"
    client.update_function_configuration(FunctionName=name, Timeout=60)
    client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})
    assert invoke(client, name, "fill")["errorType"] == "Runtime.ExitError"
    assert invoke(client, name, "here again") == "here again"
    assert of_server(plain)
    plain.command("stop")
    eventually(lambda: not of_server(plain))
    assert not list((plain.data / "tmp").glob("environments/*"))


def test_doctor_says_so(runtimes):
    command = [*COMMAND, "doctor", "--json"]
    done = subprocess.run(command, env=os.environ | PLAIN, capture_output=True, text=True, check=False)
    assert "DOCKERLESS_SANDBOX=plain" in done.stdout
