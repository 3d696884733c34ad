"""What a person meets at the command line: help, wrong usage, and one sentence for every fault."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coldstart import stack
from coldstart.course import sections
from coldstart.paths import ROOT

COLDSTART = Path(sys.executable).with_name("coldstart")
KNOWN = ", ".join(section.slug for section in sections())


def coldstart(*arguments, **environment):
    return subprocess.run(
        [COLDSTART, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "99-nonsense"], f"There is no section '99-nonsense'; the sections are: {KNOWN}."),
        (["quiz", "nonsense"], f"There is no section 'nonsense'; the sections are: {KNOWN}."),
        (["nonsense"], "No such command 'nonsense'; `coldstart --help`"),
        (["run", "--keep"], "--keep is for one lab: name its section."),
        (["why"], "Missing argument 'FUNCTION'; `coldstart --help`"),
        (["test", "kitchen"], "There is no kitchen to test; choose from course, emulator, style, types."),
        (["bench", "kitchen"], "There is no benchmark kitchen; choose from"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(arguments, sentence):
    refused = coldstart(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"coldstart: {sentence}")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["nonsense", "0", "70000"])
def test_a_port_that_is_none_is_one_sentence(port):
    refused = coldstart("up", COLDSTART_PORT=port)
    assert refused.returncode == 2
    assert refused.stderr == f"coldstart: COLDSTART_PORT is '{port}'; set it to a port number between 1 and 65535.\n"


def test_a_taken_port_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = coldstart("up", COLDSTART_PORT=port)
    assert refused.returncode == 1
    assert port in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_reset_without_an_emulator_is_one_sentence(free_port):
    refused = coldstart("reset", COLDSTART_PORT=str(free_port))
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_a_wrong_account_is_one_sentence(free_port):
    refused = coldstart("reset", "--account", "42", COLDSTART_PORT=str(free_port))
    assert refused.returncode in (1, 2)
    assert "12 digits" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_why_without_an_emulator_is_one_sentence(free_port):
    refused = coldstart("why", "function", "s3", COLDSTART_PORT=str(free_port))
    assert refused.returncode == 1
    assert "`make up`" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_why_says_what_is_no_function(free_port):
    port = str(free_port)
    coldstart("up", COLDSTART_PORT=port)
    try:
        refused = coldstart("why", "nobody", "s3", COLDSTART_PORT=port)
        assert refused.returncode == 1
        assert refused.stderr == "coldstart: There is no function nobody in us-east-1 of the account 000000000000.\n"
    finally:
        coldstart("down", COLDSTART_PORT=port)


def test_the_emulator_starts_answers_resets_and_stops(free_port):
    port = str(free_port)
    assert coldstart("up", COLDSTART_PORT=port).returncode == 0
    assert coldstart("up", COLDSTART_PORT=port).returncode == 0, "twice is not an error"
    status = coldstart("status", COLDSTART_PORT=port)
    assert status.returncode == 0
    assert "isolation" in status.stdout
    assert "{" not in status.stdout
    assert coldstart("reset", COLDSTART_PORT=port).returncode == 0
    assert coldstart("down", COLDSTART_PORT=port).returncode == 0
    assert coldstart("down", COLDSTART_PORT=port).returncode == 0, "twice is not an error"
    assert coldstart("status", COLDSTART_PORT=port).returncode == 1


def test_doctor_names_every_part_and_mends_what_is_missing(free_port):
    report = coldstart("doctor", COLDSTART_PORT=str(free_port), COLUMNS="200")
    assert report.returncode == 0, report.stderr
    for part in ("bubblewrap", "memory", "CPU share", "python3.13", "node", "chromium", f"port {free_port}", "disk"):
        assert part in report.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_what_ends_a_start_leaves_nothing_running(free_port, number):
    starting = subprocess.Popen(
        [COLDSTART, "up"],
        env={**os.environ, "COLDSTART_PORT": str(free_port)},
        cwd=ROOT,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: stack.data_directory(free_port).exists())
    os.killpg(starting.pid, number)
    _, said = starting.communicate(timeout=30)
    assert starting.returncode == 130
    assert said == "coldstart: Stopped.\n"
    assert servers_of(stack.data_directory(free_port)) == []


def servers_of(data):
    """The processes that serve this data directory, ready or not (Linux)."""
    return [
        entry.parent.name
        for entry in Path("/proc").glob("[0-9]*/environ")
        if f"DOCKERLESS_DATA={data}\0" in environ(entry)
    ]


def environ(entry):
    try:
        return entry.read_text(errors="replace")
    except OSError:  # it has just ended
        return ""


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)
