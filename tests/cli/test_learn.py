"""`make learn`: three addresses that answer, a learner's work that stays, nothing left after Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from coldstart.course import sections
from coldstart.paths import ROOT


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def learning(tmp_path_factory):
    """A running `coldstart learn` with a work folder of its own, and the addresses it printed."""
    ports = {"site": free_port(), "labs": free_port(), "emulator": free_port()}
    work = tmp_path_factory.mktemp("work")
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("coldstart"),
            "learn",
            f"--site-port={ports['site']}",
            f"--lab-port={ports['labs']}",
        ],
        env={**os.environ, "COLDSTART_PORT": str(ports["emulator"]), "COLDSTART_WORK": str(work), "COLUMNS": "200"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    said, addresses = "", {}
    for line in process.stdout:
        said += line
        if found := re.search(r"(the notes|the labs|AWS, locally)\s+(http\S+)", line):
            addresses[found[1]] = found[2]
        if "Ctrl-C" in line:
            break
    watchdog.cancel()
    assert len(addresses) == 3, said
    yield process, addresses, ports, work
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read().decode()


def test_the_notes_are_served(learning):
    assert "Coldstart" in get(learning[1]["the notes"])


def test_the_labs_lie_in_jupyterlab_as_learners_copies(learning):
    base, token = learning[1]["the labs"].split("/lab?token=")
    names = {entry["name"] for entry in json.loads(get(f"{base}/api/contents?token={token}"))["content"]}
    assert {f"{section.slug}.ipynb" for section in sections()} <= names


def test_jupyterlab_wants_the_token(learning):
    base, _ = learning[1]["the labs"].split("/lab?token=")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(f"{base}/api/contents")


def test_the_emulator_answers(learning):
    assert json.loads(get(f"{learning[1]['AWS, locally']}/_dockerless/info"))["name"] == "localstack-dockerless"


def test_ctrl_c_stops_everything_and_keeps_the_work(learning):
    process, _, ports, work = learning
    os.killpg(process.pid, signal.SIGINT)
    rest = process.communicate(timeout=30)[0]
    assert process.returncode == 0, rest
    assert [name for name, port in ports.items() if answers(port)] == []
    assert list(work.rglob("*.ipynb"))
