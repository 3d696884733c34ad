"""Chalice: deploys an app with a REST API and an authorizer, shows its log and deletes it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from deployed import eventually
from fronts import ask
from public import ACCOUNT

APP = Path(__file__).parent / "apps" / "chalice" / "app.py"
OPEN = {"Authorization": "open"}


@pytest.fixture(scope="module")
def project(programs):
    """What `chalice new-project` makes, with an app of our own in it, deployed."""
    programs.run("chalice", "new-project", "notes")
    directory = programs.home / "notes"
    shutil.copy(APP, directory / "app.py")
    told = programs.run("chalice", "deploy", at=directory)
    assert f"Lambda ARN: arn:aws:lambda:us-east-1:{ACCOUNT}:function:notes-dev" in told
    return directory


@pytest.fixture(scope="module")
def call(programs, project, server):
    """Requests to the address that `chalice url` gives, which is AWS's, by the Host header."""
    address = programs.run("chalice", "url", at=project).strip().rstrip("/").replace("https", "http", 1)
    assert re.fullmatch(r"http://\w+\.execute-api\.us-east-1\.amazonaws\.com/api", address)

    def call(path, *arguments):
        return ask(server, address + path, *arguments)

    return call


def test_a_route_answers(call):
    reply = call("/")
    assert (reply.status, reply.value) == (200, {"notes": 0})


def test_a_route_behind_an_authorizer_answers_with_the_right_token_only(call):
    headers = OPEN | {"Content-Type": "application/json"}
    assert call("/notes/one", "PUT", headers, b'{"text": "hi"}').value == {"kept": "one", "by": "ann"}
    assert call("/notes/one", "GET", OPEN).value == {"text": "hi"}
    assert [call("/notes/one", "GET", headers).status for headers in ({}, {"Authorization": "shut"})] == [401, 403]


def test_an_error_of_the_app_is_an_answer(call):
    reply = call("/notes/none", "GET", OPEN)
    assert (reply.status, reply.value["Message"]) == (404, "There is no note none")
    assert reply.header("access-control-allow-origin") == "*"


def test_the_log_is_shown(call, programs, project):
    call("/")
    assert eventually(lambda: "the index was asked for" in programs.run("chalice", "logs", at=project), 60)


def test_it_is_deleted(programs, project, server):
    programs.run("chalice", "delete", at=project)
    functions = server.client("lambda", ACCOUNT).list_functions()["Functions"]
    assert not [one for one in functions if one["FunctionName"].startswith("notes-dev")]
    assert not [one for one in server.client("apigateway", ACCOUNT).get_rest_apis()["items"] if one["name"] == "notes"]
    assert json.loads((project / ".chalice" / "deployed" / "dev.json").read_text())["resources"] == []
