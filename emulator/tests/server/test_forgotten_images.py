"""Images leave the disk: with their account, with everything, and when no function is made from them any more."""

from __future__ import annotations

import os

import pytest
from containers import PYTHON, Registry, build, credentials
from deployed import Function, eventually
from roles import role_of

MINE, YOURS = "210987654321", "210987654322"


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    text = f'{PYTHON}COPY app.py .\nCMD ["app.handler"]\n'
    return build(tmp_path_factory.mktemp("image"), text, app__py="def handler(event, context): return 1")


def fill(server, account, layout):
    """A repository with an image, and a function from it."""
    ecr, client = server.client("ecr", account), server.client("lambda", account)
    uri = ecr.create_repository(repositoryName="app")["repository"]["repositoryUri"]
    Registry(server, credentials(ecr)).push("app", layout, "v1")
    client.create_function(
        FunctionName="app", PackageType="Image", Role=role_of(client), Code={"ImageUri": f"{uri}:v1"}
    )
    return Function(client, "app").settled()


def places(server, account):
    return [server.data / "ecr" / account, server.data / "tmp" / "images" / account]


def is_there(place):
    return place.exists() and any(place.iterdir())


def test_an_account_takes_its_images_along_and_leaves_those_of_others(another_server, runtimes, layout):
    server = another_server()
    server.start()
    for account in (MINE, YOURS):
        function = fill(server, account, layout)
        assert function.configuration()["State"] == "Active"
        assert function.invoke().value == 1
    assert server.command("reset", f"--account={MINE}").returncode == 0
    assert not any(map(is_there, places(server, MINE)))
    assert all(map(is_there, places(server, YOURS)))
    assert function.invoke().value == 1
    assert fill(server, MINE, layout).invoke().value == 1
    assert server.command("reset").returncode == 0
    assert not any(map(is_there, [*places(server, MINE), *places(server, YOURS)]))


def test_a_functions_files_go_with_it(server, layout):
    function = fill(server, MINE, layout)
    assert function.invoke().value == 1
    files = server.data / "tmp" / "images" / MINE
    assert is_there(files)
    function.client.delete_function(FunctionName=function.name)
    eventually(lambda: not is_there(files))


def test_without_bubblewrap_such_a_function_fails_with_the_reason(another_server, runtimes, layout):
    server = another_server()
    server.start(env=os.environ | {"DOCKERLESS_SANDBOX": "plain"})
    failed = fill(server, MINE, layout).configuration()
    assert failed["State"] == "Failed"
    assert failed["StateReason"].startswith(
        "Functions from container images need bubblewrap, and DOCKERLESS_SANDBOX=plain"
    )
