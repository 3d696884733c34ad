"""`make learn`: three addresses that answer, a learner's work that stays, nothing left after Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from coldstart.course import sections
from coldstart.paths import RECORDS, ROOT


def answers(port, address="127.0.0.1"):
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


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


def test_nothing_of_it_is_reached_from_another_machine(learning):
    own = [a.address for found in psutil.net_if_addrs().values() for a in found if a.family == socket.AF_INET]
    others = [address for address in own if not address.startswith("127.")]
    if not others:
        pytest.skip("this machine has no address but the loopback one")
    assert [name for name, port in learning[2].items() if answers(port, others[0])] == []


def test_a_lab_that_ran_meanwhile_shows_on_its_page(learning):
    record = RECORDS / "14-aliases.json"
    before = record.read_bytes() if record.exists() else None
    page = f"{learning[1]['the notes']}labs/14-aliases.html"
    run = {
        "slug": "14-aliases",
        "ran_at": "2001-02-03T04:05:06+00:00",
        "seconds": 1.0,
        "target": "a test",
        "emulator": "",
        "outcome": "passed",
        "checks": [],
    }
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(run))
        eventually(lambda: "3 February 2001" in get(page))
    finally:
        record.write_bytes(before) if before else record.unlink()


def test_an_emulator_that_ends_is_said_and_the_labs_stay_open(learning):
    process, addresses, ports, _ = learning
    variables = {**os.environ, "COLDSTART_PORT": str(ports["emulator"])}
    coldstart = Path(sys.executable).with_name("coldstart")
    subprocess.run([coldstart, "down"], env=variables, cwd=ROOT, check=True)
    assert "The emulator has stopped" in process.stdout.readline()
    subprocess.run([coldstart, "up"], env=variables, cwd=ROOT, check=True)
    assert "The emulator is back" in process.stdout.readline()
    assert answers(ports["labs"])
    subprocess.run([coldstart, "down"], env=variables, cwd=ROOT, check=True)
    assert "The emulator has stopped" in process.stdout.readline()
    assert addresses


def eventually(check, seconds=60):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def test_ctrl_c_stops_everything_and_keeps_the_work(learning):
    process, _, ports, work = learning
    os.killpg(process.pid, signal.SIGINT)
    rest = process.communicate(timeout=30)[0]
    assert process.returncode == 0, rest
    assert [name for name, port in ports.items() if answers(port)] == []
    assert list(work.rglob("*.ipynb"))
