"""How ends are reported, and that nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from localstack_dockerless import sandbox
from localstack_dockerless.sandbox import cgroups, files, processes

pytestmark = pytest.mark.usefixtures("limits")


@pytest.fixture(params=["bubblewrap", "plain"])
def mode(request):
    request.getfixturevalue("sandboxed" if request.param == "bubblewrap" else "plain")
    return request.param


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize(
    ("shell", "ended"),
    [
        ("exit 0", sandbox.Exit(0, None)),
        ("exit 3", sandbox.Exit(3, None)),
        ("kill -SEGV $$", sandbox.Exit(None, signal.SIGSEGV)),
        ("kill -KILL $$", sandbox.Exit(None, signal.SIGKILL)),
        ("exec /var/task/missing", sandbox.Exit(127, None)),
    ],
)
def test_the_end_is_reported_as_it_was(trial, shell, ended):
    assert trial(shell).start().wait() == ended


@pytest.mark.usefixtures("mode")
def test_the_end_is_reported_at_once(trial):
    one = trial("echo started; read line < /tmp/never 2>/dev/null; sleep 0.3; date +%s.%N").start()
    one.wait()
    now = time.time()
    assert now - float(one.output().split()[-1]) < 0.5


@pytest.mark.usefixtures("mode")
def test_children_end_with_the_runtime(trial):
    one = trial("sleep 100 & echo started; sleep 0.2; exit 0").start()
    one.until("started")
    pids = one.box.pids()
    one.wait()
    deadline = time.monotonic() + 2
    while any(map(processes.is_there, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(processes.is_there, pids))


@pytest.mark.usefixtures("mode")
def test_its_processes_are_known_after_every_start(trial):
    one = trial("echo started; exec sleep 100")
    seen = []
    for _ in range(3):
        one.start().until("started")
        seen += one.box.pids()
        one.box.kill()
        one.wait()
    assert len(set(seen)) == 3


@pytest.mark.usefixtures("mode")
def test_close_leaves_no_process_group_mount_or_file(trial, tmp_path):
    one = trial("echo started; echo data > /tmp/file; sleep 100 & sleep 100").start()
    one.until("started")
    pids = one.box.pids()
    assert pids
    one.box.close()
    one.box.close()
    assert not any(processes.is_there(pid) for pid in pids)
    assert not one.directory.exists()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert not list(_groups(one.directory.name))


def _groups(name: str):
    own = [path for _, path in cgroups.find().controllers.values()]
    return (path / name for path in own if (path / name).exists())


SERVER = """
import os, sys, pathlib, time
from localstack_dockerless import sandbox
spec = sandbox.Spec("orphan", ("/bin/sh", "-c", "echo ready; sleep 1000 & exec sleep 1000"), {"PATH": "/usr/bin:/bin"},
                    pathlib.Path(sys.argv[1]), directory=pathlib.Path(sys.argv[2]))
box = sandbox.create(spec)
box.start(1)
while len(box.pids()) < 2: time.sleep(0.01)
print("pids", *box.pids(), flush=True)
if sys.argv[3] == "frozen": box.freeze()
print("go", flush=True)
time.sleep(1000)
"""


@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("state", ["running", "frozen"])
def test_nothing_survives_a_killed_server(tmp_path, state):
    (tmp_path / "code").mkdir()
    command = [sys.executable, "-c", SERVER, str(tmp_path / "code"), str(tmp_path / "box"), state]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        lines = [line.split() for line in iter(server.stdout.readline, "go\n")]
        pids = next([int(word) for word in words[1:]] for words in lines if words[0] == "pids")
        assert len(pids) == 2
    finally:
        server.kill()
        server.wait()
    deadline = time.monotonic() + 3
    while any(map(processes.is_there, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(processes.is_there, pids))
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    cgroups.sweep()
    assert not cgroups.made_by(server.pid)


@pytest.mark.usefixtures("plain")
def test_without_a_sandbox_places_are_named_by_the_environment(trial, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "LAMBDA_TASK_ROOT": "/var/task", "LAYERS": "/opt/python:/opt"}
    layer = tmp_path / "layer"
    layer.mkdir()
    one = trial(
        "pwd; echo $LAMBDA_TASK_ROOT; echo $LAYERS; echo $TMPDIR", environment=environment, layers=(layer,)
    ).start()
    one.wait()
    code = str(tmp_path / "code")
    assert one.output().split() == [code, code, f"{layer}/python:{layer}", str(one.directory / "tmp")]


@pytest.mark.usefixtures("plain")
def test_without_a_sandbox_memory_and_tmp_are_still_limited(trial):
    assert (
        trial(python="import time; x = bytearray(300 << 20); time.sleep(9)", memory_mb=128).start().wait().out_of_memory
    )
    fill = "import os; f = open(os.environ['TMPDIR'] + '/x', 'wb'); [f.write(bytes(1 << 20)) for _ in range(100)]"
    one = trial(python=fill, ephemeral_mb=64).start()
    one.wait()
    assert "No space left on device" in one.output() or os.geteuid() != 0


def test_a_directory_too_deep_for_a_path_or_a_recursion_is_removed(tmp_path):
    top, here = tmp_path / "environment", os.open(".", os.O_RDONLY)
    top.mkdir()
    try:
        os.chdir(top)
        for _ in range(3000):
            Path("file").touch()
            Path("d").mkdir()
            os.chdir("d")
        Path().chmod(0)
    finally:
        os.fchdir(here)
        os.close(here)
    files.remove(top)
    assert not top.exists()
