"""The README shows what works: every command in it is run, in its order, on a port of the test's own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from servers import COMMAND, free_port

README = (Path(__file__).parents[2] / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


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


def run(command, environment, other):
    name, *arguments = shlex.split(command.replace("--port 4567", f"--port {other}"))
    assert name == "localstack-dockerless"
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_every_subcommand_is_shown():
    shown = {shlex.split(line)[1] for block in blocks("sh") for line in block.splitlines()}
    assert shown == {"start", "stop", "status", "reset", "doctor", "runtimes"}
