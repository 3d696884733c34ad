"""A server that is not root isolates and limits its functions, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
INTERPRETERS = [sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"]
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
NAMESPACE = ["unshare", "--user", "--mount", "--map-root-user", "env", "DOCKERLESS_MOUNTS=1"]

PROGRAM = """
import json, os, pathlib, sys, threading
from localstack_dockerless import sandbox
root = pathlib.Path(sys.argv[1])
answers = {}
def run(name, shell, **options):
    reader, writer = os.pipe()
    spec = sandbox.Spec(name, ("/bin/sh", "-c", shell), {"PATH": "/usr/bin:/bin"}, root / "code", directory=root / name, **options)
    box, ended = sandbox.create(spec), threading.Event()
    exits = []
    box.on_exit(lambda exit_: (exits.append(exit_), ended.set()))
    for _ in range(2):
        ended.clear()
        box.start(writer)
        ended.wait(20)
    box.close()
    os.close(writer)
    answers[name] = [open(reader).read(), exits[-1].status, exits[-1].out_of_memory]
run("user", "id -u; id -un; pwd")
run("write", "touch /var/task/x")
run("outside", f"ls -d /root /home {root} || cat /proc/{os.getpid()}/environ")
run("memory", "head -c 300m /dev/zero | tail", memory_mb=128)
run("tmp", "head -c 20m /dev/zero > /tmp/x", ephemeral_mb=10)
run("kept", "cat /tmp/x; echo again > /tmp/x")
run("processes", "ulimit -u")
print(json.dumps(answers))
"""


def can_run(command: list[str], check: str) -> bool:
    return subprocess.run([*command, "-c", check], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module", params=["no mounts of its own", "mounts of its own"])
def answers(request, tmp_path_factory):
    """What functions find when the server runs as an ordinary user, in a mount namespace of its own or not."""
    user = NOBODY if os.geteuid() == 0 else []
    check = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); assert sys.version_info >= (3, 11); import localstack_dockerless.sandbox"
    python = next((name for name in INTERPRETERS if can_run([*user, name], check)), None)
    if not python:
        pytest.skip("no Python that an ordinary user may start, or no such user")
    prefix = user + (NAMESPACE if request.param == "mounts of its own" else [])
    if not can_run([*prefix, "bwrap", "--ro-bind", "/", "/", "--unshare-user", "sh"], "true"):
        pytest.skip("ordinary users may not make user namespaces here")
    root = Path(tmp_path_factory.mktemp("user"))
    for folder in [root, *(parent for parent in root.parents if parent.name.startswith(("pytest-", "popen-")))]:
        folder.chmod(0o755)
    (root / "code").mkdir()
    if user:
        os.chown(root, 65534, 65534)
    command = [*prefix, python, "-c", PROGRAM, str(root)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    assert not list(root.glob("[!c]*")), "files were left behind"
    return json.loads(done.stdout) | {"mounts": request.param == "mounts of its own"}


def test_the_function_sees_the_sandbox_user(answers):
    assert answers["user"][0].split()[:3] == ["993", "sbx_user1051", "/var/task"]


def test_the_code_cannot_be_written(answers):
    assert "Read-only file system" in answers["write"][0]


def test_the_machine_is_not_seen(answers):
    assert answers["outside"][0].count("No such file or directory") == 8


def test_memory_is_limited(answers):
    assert answers["memory"][2] is True


def test_tmp_is_limited(answers):
    assert "No space left on device" in answers["tmp"][0]


def test_tmp_is_kept_where_mounts_are_private(answers):
    assert answers["kept"][0].endswith("again\n") == answers["mounts"]


def test_processes_are_limited(answers):
    assert answers["processes"][0].split() == ["1024", "1024"]
