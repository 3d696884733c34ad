"""The README shows what works: every command in it is run, in its order, on a port of the test's own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from functions import ECHO, deploy
from servers import COMMAND, free_port

README = (Path(__file__).parents[2] / "README.md").read_text()
ABOUT_NETWORKS = README[README.index("## Networks") : README.index("## Container images")]
"""Its commands are about a function and a subnet that are to be there first."""
THE_REST = README.replace(ABOUT_NETWORKS, "")


def blocks(language, text=THE_REST):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def surroundings(tmp_path):
    """Default port and directory are the test's own."""
    environment = os.environ | {"DOCKERLESS_PORT": str(free_port()), "XDG_STATE_HOME": str(tmp_path)}
    yield environment
    subprocess.run([*COMMAND, "stop"], env=environment, check=False)


def test_every_command_and_the_program_work(surroundings):
    other = str(free_port())
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    reset = next(index for index, line in enumerate(commands) if " reset" in line)
    for command in commands[:reset]:
        run(command, surroundings, other)
    for program in blocks("python"):
        at_port = program.replace("4566", surroundings["DOCKERLESS_PORT"])
        assert subprocess.run([sys.executable, "-c", at_port], capture_output=True, check=True).stdout == b"[]\n"
    for command in commands[reset:]:
        run(command, surroundings, other)


def test_every_command_about_networks_works(server):
    ec2 = server.client("ec2")
    subnet = ec2.create_subnet(VpcId=ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.0.1.0/24")
    group = ec2.create_security_group(GroupName="readme", Description="-", VpcId=subnet["Subnet"]["VpcId"])
    places = {"SUBNET_ID": subnet["Subnet"]["SubnetId"], "GROUP_ID": group["GroupId"]}
    vpc = {"SubnetIds": [places["SUBNET_ID"]], "SecurityGroupIds": [places["GROUP_ID"]]}
    places["my-function"] = deploy(server.client("lambda"), ECHO, VpcConfig=vpc)
    text = re.sub("|".join(places), lambda name: places[name[0]], ABOUT_NETWORKS)
    environment = os.environ | {"DOCKERLESS_PORT": str(server.port), "DOCKERLESS_DATA": str(server.data)}
    for block in blocks("sh", text):
        for command in block.splitlines():
            run(command, environment, "")


def run(command, environment, other):
    name, *arguments = shlex.split(command.replace("--port 4567", f"--port {other}"))
    assert name == "localstack-dockerless"
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_every_subcommand_is_shown():
    shown = {shlex.split(line)[1] for block in blocks("sh", README) for line in block.splitlines()}
    told = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r"^    (\w+) ", told, re.MULTILINE))
    assert shown == commands - {"image"}, "`image` is in a block of its own, with programs of others"
