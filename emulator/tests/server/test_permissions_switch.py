"""Policies decide, or do not, by account."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError
from roles import People

STRICT, FREE = "651000000001", "651000000002"


def may_list(people):
    try:
        people.client(people.session(people.role()), "lambda").list_functions()
    except ClientError as error:
        return error.response["Error"]["Code"] != "AccessDeniedException"
    return True


def ask(server, query, method="GET"):
    request = urllib.request.Request(f"{server.endpoint}/_dockerless/permissions?{query}", method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_one_account_is_switched_off_and_on_again(server):
    said = server.command("permissions", FREE, "off").stdout
    assert said == f"Permissions of account {FREE} are off.\n"
    assert may_list(People(server, FREE))
    assert not may_list(People(server, STRICT))
    server.command("permissions", FREE, "on")
    assert server.command("permissions", FREE).stdout == f"Permissions of account {FREE} are on.\n"
    assert not may_list(People(server, FREE))


def test_a_reset_switches_back(server):
    account = "651000000003"
    ask(server, f"account={account}&set=off", "POST")
    server.command("reset", f"--account={account}")
    assert ask(server, f"account={account}")["permissions"] == "on"


def test_a_reset_ends_the_accounts_credentials(server):
    account = "651000000004"
    people = People(server, account)
    session = people.session(people.role({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    other = People(server, STRICT)
    kept = other.session(other.role({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    server.command("reset", f"--account={account}")
    with pytest.raises(ClientError, match="The security token included in the request is invalid"):
        people.client(session, "lambda").list_functions()
    other.client(kept, "lambda").list_functions()


@pytest.mark.parametrize("query", ["account=12", "", f"account={FREE}&set=maybe"])
def test_what_makes_no_sense_is_refused(server, query):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(server, query, "POST")
    assert refused.value.code == 400
    assert json.load(refused.value)["message"]


def test_the_command_says_what_is_wrong(server, another_server):
    done = server.command("permissions", "12", "on")
    assert (done.returncode, done.stderr) == (1, "'12' is not an account; give its 12 digits.\n")
    assert another_server().command("permissions", FREE).returncode == 1
    assert server.command("permissions", FREE, "maybe").returncode == 2


def test_a_server_can_be_started_with_permissions_off(another_server):
    one = another_server()
    one.start(env={**os.environ, "DOCKERLESS_PERMISSIONS": "off"})
    assert may_list(People(one, STRICT))
    one.command("permissions", STRICT, "on")
    assert not may_list(People(one, STRICT))
