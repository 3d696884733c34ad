"""Control groups of servers that were killed are removed by the next one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from localstack_dockerless.sandbox import cgroups

OWNER = """
import time
from localstack_dockerless.sandbox import cgroups
cgroups.find()
print("made", flush=True)
time.sleep(100)
"""


@pytest.fixture
def killed() -> Iterator[int]:
    """A process that made control groups and was killed; its parent, like a slow init, has not asked how it ended."""
    if not cgroups.find().controllers:
        pytest.skip(f"control groups are not writable here: {cgroups.find().reason}")
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == "made\n"
        assert cgroups.made_by(owner.pid)
        owner.kill()
        os.waitid(os.P_PID, owner.pid, os.WEXITED | os.WNOWAIT)
        yield owner.pid


def test_the_groups_of_a_server_that_ended_unnoticed_are_swept(killed):
    cgroups.sweep()
    assert not cgroups.made_by(killed)


def test_what_another_server_swept_in_the_meantime_does_not_stop_a_sweep(killed, monkeypatch):
    gone, left = Path("/sys/fs/cgroup/gone"), cgroups.made_by(killed)
    with monkeypatch.context() as patch:
        patch.setattr(cgroups, "_all", lambda: [(path, killed, 1) for path in (gone, *left)])
        cgroups.sweep()
    assert not cgroups.made_by(killed)
