"""What a learner has in front of them: `coldstart learn`, running."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ports import unused_port

from coldstart.paths import ROOT


@pytest.fixture(scope="module")
def learning(tmp_path_factory):
    """A running `coldstart learn` with a work folder of its own, and the addresses it printed."""
    ports = {"site": unused_port(), "labs": unused_port(), "emulator": unused_port()}
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
