"""Environments to try things in, in every mode this machine has."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from localstack_dockerless import sandbox
from localstack_dockerless.sandbox import bubblewrap, cgroups

NAMES = itertools.count()
CLEAN = {"PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin", "LAMBDA_TASK_ROOT": "/var/task"}
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin")


@dataclass
class Trial:
    """An environment, what it wrote and how it ended."""

    box: sandbox.Box
    directory: Path
    reader: int
    writer: int
    exits: list[sandbox.Exit] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Trial:
        """Start it, or start it again."""
        self.ended.clear()
        self.box.start(self.writer)
        return self

    def wait(self, seconds: float = 20) -> sandbox.Exit:
        """Wait for the end."""
        assert self.ended.wait(seconds), "the process did not end"
        return self.exits[-1]

    def output(self) -> str:
        """Everything written so far; call it after an end."""
        os.set_blocking(self.reader, False)
        try:
            return os.read(self.reader, 1 << 20).decode()
        except BlockingIOError:
            return ""

    def until(self, text: str, seconds: float = 20) -> None:
        """Wait until the process has written ``text``."""
        written, limit = "", time.monotonic() + seconds
        while text not in written:
            assert time.monotonic() < limit, f"no {text!r} in {written!r}"
            time.sleep(0.005)
            written += self.output()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Callable[..., Trial]]:
    """Makes environments that run a shell command, or Python source."""
    made: list[Trial] = []
    code = tmp_path / "code"
    code.mkdir()
    (code / "app.py").write_text("def handler(event, context):\n    raise ValueError\n")

    def make(shell: str = "", python: str = "", **options: object) -> Trial:
        if python and not PYTHON:
            pytest.skip("there is no python3 in /usr, which the sandbox shows")
        command = ("/bin/sh", "-c", shell) if shell else (PYTHON, "-S", "-u", "-c", python)
        name = f"test-{next(NAMES)}"
        environment = options.pop("environment", CLEAN)
        spec = sandbox.Spec(name, command, environment, code, directory=tmp_path / name, **options)  # type: ignore[arg-type]
        one = Trial(sandbox.create(spec), spec.directory, *os.pipe())
        one.box.on_exit(lambda exit_: (one.exits.append(exit_), one.ended.set()))
        made.append(one)
        return one

    yield make
    for one in made:
        one.box.close()
        os.close(one.reader)
        os.close(one.writer)


def _forget() -> None:
    bubblewrap.means.forget()
    cgroups.find.forget()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test choose the mode by environment variables, which are otherwise read once."""
    _forget()
    yield monkeypatch
    monkeypatch.undo()
    _forget()


@pytest.fixture(params=["control groups", "portable"])
def limits(request: pytest.FixtureRequest, fresh: pytest.MonkeyPatch) -> str:
    """Both ways to enforce limits."""
    if request.param == "portable":
        fresh.setenv("DOCKERLESS_LIMITS", "portable")
    elif set(cgroups.find().controllers) != set(cgroups.CONTROLLERS):
        pytest.skip(f"control groups are not writable here: {cgroups.find().reason}")
    return str(request.param)


@pytest.fixture
def sandboxed(fresh: pytest.MonkeyPatch) -> None:
    """Only where bubblewrap works."""
    try:
        bubblewrap.means()
    except bubblewrap.Unusable as reason:
        pytest.skip(f"bubblewrap is not used here: {reason}")


@pytest.fixture
def plain(fresh: pytest.MonkeyPatch) -> None:
    """Without bubblewrap, as on a machine that lacks it."""
    fresh.setenv("DOCKERLESS_SANDBOX", "plain")
