"""What surrounds the server does not change it, and what it is told does."""

from __future__ import annotations

import json
import os
import urllib.request

import pytest
from functions import ECHO, deploy, eventually
from localstack_dockerless.server.environment import server_environment
from localstack_dockerless.server.settings import Settings, resolve

HOSTILE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_PROFILE": "nobody",
    "AWS_ACCESS_KEY_ID": "999999999999",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "LOCALSTACK_HOST": "example.invalid:1",
    "LOCALSTACK_AUTH_TOKEN": "none",
    "GATEWAY_LISTEN": "0.0.0.0:4567",
    "SERVICES": "s3",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "PYTHONSTARTUP": "/nowhere",
    "LAMBDA_RUNTIME_EXECUTOR": "docker",
    "DEBUG": "1",
}


def test_a_learners_own_variables_do_not_reach_the_server(another_server):
    one = another_server()
    one.start(env=os.environ | HOSTILE)
    client = one.client("lambda")
    answer = client.invoke(FunctionName=deploy(client, ECHO), Payload=b'"here"')
    assert answer["Payload"].read() == b'"here"'


def test_the_environment_is_built_from_nothing(tmp_path):
    environment = server_environment(Settings(4566, tmp_path), HOSTILE | {"PATH": "/bin", "DOCKERLESS_X": "1"})
    assert (environment["PATH"], environment["DOCKERLESS_X"]) == ("/bin", "1")
    assert not HOSTILE.items() & environment.items()


@pytest.mark.parametrize("name", ["PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"])
def test_the_server_looks_for_interpreters_where_its_commands_do(tmp_path, name):
    assert server_environment(Settings(4566, tmp_path), {name: "/elsewhere"})[name] == "/elsewhere"


def test_every_place_to_write_is_below_the_directory(tmp_path):
    environment = server_environment(Settings(4566, tmp_path), {})
    places = ("FILESYSTEM_ROOT", "TMPDIR", "CONFIG_DIR", "XDG_CACHE_HOME")
    assert all(environment[name].startswith(f"{tmp_path}/") for name in places)


def test_each_port_has_a_directory_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert resolve(4566).data != resolve(4567).data


def test_scaled_time_shortens_the_waits_between_retries(another_server):
    one = another_server()
    one.start("--time-scale=0.005")
    with urllib.request.urlopen(f"{one.endpoint}/_dockerless/info") as answer:
        assert json.load(answer)["time_scale"] == 0.005
    client, logs = one.client("lambda"), one.client("logs")
    name = deploy(client, "def handler(event, context):\n    raise ValueError('no')\n")
    client.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    eventually(lambda: attempts(logs, name) == 3, 30)


def attempts(logs, name):
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return sum(event["message"].startswith("REPORT") for event in events)
