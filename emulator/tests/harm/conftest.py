"""A server with a neighbour on it, once with bubblewrap and once with nothing but plain processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from deployed import Deploy, Function, archive, deployer, eventually
from servers import COMMAND, Server, free_port

PLAIN = {"DOCKERLESS_SANDBOX": "plain", "DOCKERLESS_LIMITS": "portable"}
NEIGHBOUR = """
import os

def handler(event, context):
    if event.get("how") == "tell":
        return {"pid": os.getpid(), "address": os.environ["AWS_LAMBDA_RUNTIME_API"], "request": context.aws_request_id}
    return os.getpid()
"""


@dataclass
class House:
    """A server, and a function on it that does no harm.

    Attributes:
        sandboxed: Whether functions run in bubblewrap.
        root: The process below which everything is that any function ever starts.
        outside: A directory that is no function's.
    """

    server: Server
    sandboxed: bool
    deploy: Deploy
    neighbour: Function
    root: psutil.Process
    outside: Path

    def processes(self) -> set[int]:
        """All that functions have started and that still run, the sandbox's own among them."""
        found = set()
        for process in self.root.children(recursive=True):
            try:
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process.pid)
            except psutil.NoSuchProcess:
                pass
        return found

    def environments(self) -> set[str]:
        """The directories of environments."""
        return {path.name for path in (self.server.data / "tmp" / "environments").glob("*")}


def _house(server: Server, root: psutil.Process, *, sandboxed: bool, outside: Path) -> House:
    deploy = deployer(server.client("lambda"), [])
    neighbour = deploy(code=archive({"app.py": NEIGHBOUR}), Handler="app.handler", Timeout=60)
    neighbour.invoke()
    return House(server, sandboxed, deploy, neighbour, root, outside)


@pytest.fixture(scope="session", params=["bubblewrap", "plain"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, runtimes: None) -> Iterator[House]:
    """Both ways to run functions."""
    base = tmp_path_factory.mktemp(request.param)
    server = Server(free_port(), base / "server")
    outside = server.data / "outside"
    outside.mkdir(parents=True)
    with _sandboxed(server) if request.param == "bubblewrap" else _caged(server) as root:
        yield _house(server, root, sandboxed=request.param == "bubblewrap", outside=outside)


@contextlib.contextmanager
def _sandboxed(server: Server) -> Iterator[psutil.Process]:
    """The ordinary server; below the process that is yielded is everything that functions start."""
    server.start()
    try:
        with urllib.request.urlopen(f"{server.endpoint}/_dockerless/info") as answer:
            told = json.load(answer)
        if told["capabilities"]["isolation"] != "bubblewrap":
            pytest.skip("bubblewrap is not used here")
        supervisor = psutil.Process(told["pid"]).parent()
        assert supervisor
        yield supervisor
    finally:
        server.command("stop")


@contextlib.contextmanager
def _caged(server: Server) -> Iterator[psutil.Process]:
    """A server that isolates nothing, in a cage of the test's own.

    What its functions do to "the machine" they do to a file system that is read-only but for the server's directory,
    and to processes of a namespace: never let them loose without it.
    """
    cage = [shutil.which("bwrap") or pytest.skip("without bubblewrap there is no cage"), "--die-with-parent"]
    cage += [
        "--unshare-pid",
        "--unshare-ipc",
        "--cap-drop",
        "ALL",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
    ]
    cage += ["--size", str(64 << 20), "--tmpfs", "/tmp"]
    # Whatever is read-only there may lie below /tmp.
    cage += [word for path in _roots() for word in ("--ro-bind", path, path)]
    cage += ["--bind", str(server.data), str(server.data), "--"]
    line = [*COMMAND, "start", "--foreground", f"--port={server.port}", f"--data={server.data}"]
    with (server.data / "cage.log").open("wb") as log:
        caged = subprocess.Popen([*cage, *line], env=os.environ | PLAIN, stdout=log, stderr=log)
    try:
        eventually(lambda: caged.poll() is not None or _is_ready(server), 60)
        if caged.poll() is not None:
            pytest.skip(f"the cage does not work here: {(server.data / 'cage.log').read_text()}")
        yield psutil.Process(caged.pid)
    finally:
        caged.kill()
        caged.wait()


def _roots() -> set[str]:
    """The directories below /tmp that hold this package and the interpreter."""
    paths = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2]]
    return {str(path) for path in paths if path.resolve().is_relative_to("/tmp")}


def _is_ready(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.endpoint}/_dockerless/health", timeout=5) as answer:
            return bool(json.load(answer)["ready"])
    except OSError:
        return False


@dataclass
class Watch:
    """Invokes the neighbour again and again meanwhile."""

    neighbour: Function
    pid: int
    times: list[float] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)

    def run(self, ended: threading.Event) -> None:
        while not ended.is_set() or not self.times:
            begun = time.perf_counter()
            try:
                answer = self.neighbour.invoke()
            except Exception as error:  # noqa: BLE001 - told by the test
                self.problems.append(error)
                return
            self.times.append(time.perf_counter() - begun)
            if answer.error or answer.value != self.pid:
                self.problems.append(answer)
            ended.wait(0.02)


@pytest.fixture
def watched(house: House) -> Callable[[Callable[[], Any]], tuple[Any, Watch]]:
    """Does something while the neighbour is invoked; what it returned, and how the neighbour fared."""

    def do(action: Callable[[], Any]) -> tuple[Any, Watch]:
        watch, ended = Watch(house.neighbour, house.neighbour.invoke().value), threading.Event()
        thread = threading.Thread(target=watch.run, args=(ended,))
        thread.start()
        try:
            return action(), watch
        finally:
            ended.set()
            thread.join()

    return do
