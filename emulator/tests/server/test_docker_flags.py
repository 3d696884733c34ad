"""`LAMBDA_DOCKER_FLAGS`: what has an equivalent without Docker works, and anything else is named."""

from __future__ import annotations

import json
import os

import pytest
from functions import deploy
from localstack_dockerless.docker_flags import Flags, parse
from localstack_dockerless.errors import DockerlessError

REPORTS = """
import os, resource
def handler(event, context):
    return os.environ["GREETING"], os.environ["OWN"], resource.getrlimit(resource.RLIMIT_NOFILE)
"""


def test_variables_and_descriptors_reach_functions(another_server):
    flags = "-e GREETING='hello there' --env=OWN=flag --ulimit nofile=300:400"
    one = another_server()
    one.start(env=os.environ | {"LAMBDA_DOCKER_FLAGS": flags})
    client = one.client("lambda")
    name = deploy(client, REPORTS, Environment={"Variables": {"OWN": "mine"}})
    answer = json.load(client.invoke(FunctionName=name)["Payload"])
    assert answer == ["hello there", "mine", [300, 400]]


@pytest.mark.parametrize("flag", ["--network", "--dns", "-p"])
def test_a_flag_without_an_equivalent_fails_the_start_with_its_name(another_server, flag):
    done = another_server().command("start", env=os.environ | {"LAMBDA_DOCKER_FLAGS": f"{flag} x"})
    assert done.returncode == 1
    assert f"LAMBDA_DOCKER_FLAGS has '{flag}'" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("", Flags()),
        ("-e A1=x -e B1=", Flags({"A1": "x", "B1": ""})),
        ("--ulimit nofile=64", Flags(descriptors=(64, 64))),
    ],
)
def test_flags_are_read_as_docker_reads_them(text, flags):
    assert parse(text) == flags


@pytest.mark.parametrize(
    "text", ["-e", "-e NAME", "-e =x", "--ulimit nproc=5", "--ulimit nofile=x", "--ulimit nofile=9:8", "'", "image"]
)
def test_what_makes_no_sense_is_named(text):
    with pytest.raises(DockerlessError, match="LAMBDA_DOCKER_FLAGS"):
        parse(text)
