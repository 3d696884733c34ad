"""Several programs in one environment: how they are started, signalled and told of."""

from __future__ import annotations

import os
import select
import signal
import time

import pytest
from localstack_dockerless import sandbox
from localstack_dockerless.sandbox import processes
from localstack_dockerless.sandbox.init import RUNTIME

pytestmark = pytest.mark.usefixtures("limits")


@pytest.fixture(params=["bubblewrap", "plain"], autouse=True)
def mode(request):
    request.getfixturevalue("sandboxed" if request.param == "bubblewrap" else "plain")
    return request.param


@pytest.fixture
def several(trial, tmp_path):
    """Makes an environment with one extension, and gives what starts its programs."""
    inits = []

    def make(runtime, extension, **options):
        file = tmp_path / "layer" / "extensions" / "one"
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/sh\n{extension}\n")
        file.chmod(0o755)
        one = trial(runtime, several=True, layers=(tmp_path / "layer",), **options)
        inits.append(one.box.start(one.writer, one.writer))
        return one, inits[-1]

    yield make
    for init in inits:
        init.close()


def told(init, number):
    """How a program ended."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        select.select([init], [], [], 1)
        for ended in init.news():
            if ended.number == number:
                return ended.exit
    raise AssertionError("it did not end")


def test_each_program_is_started_when_asked_for_and_its_end_is_told(several):
    one, init = several("echo runtime; exit 3", "echo extension; exit 4")
    init.run(1, ["/opt/extensions/one"], without=())
    assert told(init, 1) == sandbox.Exit(4, None)
    assert one.output() == "extension\n"
    init.run_runtime()
    assert told(init, RUNTIME) == sandbox.Exit(3, None)
    assert one.output() == "runtime\n"
    assert not one.exits, "the environment goes on"


def test_a_program_may_lack_variables_of_the_runtime(several):
    environment = {"PATH": os.defpath, "SHARED": "yes", "OWN": "no", "QUOTED": "it's $HOME"}
    one, init = several("true", 'echo "${SHARED-} ${OWN-} ${QUOTED-}"', environment=environment)
    init.run(1, ["/opt/extensions/one"], without=["OWN"])
    told(init, 1)
    assert one.output() == "yes  it's $HOME\n"


@pytest.mark.parametrize(("name", "number"), [("TERM", signal.SIGTERM), ("KILL", signal.SIGKILL)])
def test_a_program_can_be_signalled_and_nothing_but_its_end_is_written(several, name, number):
    one, init = several("echo waiting; exec sleep 100", "true")
    init.run_runtime()
    one.until("waiting")
    init.signal(RUNTIME, name)
    assert told(init, RUNTIME) == sandbox.Exit(None, number)
    assert one.output() == ""


def test_hanging_up_ends_everything(several):
    one, init = several("exec sleep 100", "echo waiting; exec sleep 100")
    init.run_runtime()
    init.run(1, ["/opt/extensions/one"], without=())
    one.until("waiting")
    pids = one.box.pids()
    init.close()
    one.wait()
    processes.wait_for_end(pids, 20)
    assert not any(map(processes.is_there, pids))


def test_all_programs_are_frozen_together(several):
    one, init = several("exec sleep 100", "while :; do echo tick; sleep 0.01; done")
    init.run_runtime()
    init.run(1, ["/opt/extensions/one"], without=())
    one.until("tick")
    one.box.freeze()
    time.sleep(0.1)  # until what was under way is written
    one.output()
    time.sleep(0.1)  # for what has to stay away
    assert one.output() == ""
    one.box.thaw()
    one.until("tick")


def test_the_runtime_alone_can_be_asked_to_end(trial):
    one = trial("trap 'echo goodbye; exit 5' TERM; echo waiting; while :; do sleep 0.05; done").start()
    one.until("waiting")
    one.box.terminate()
    assert one.wait() == sandbox.Exit(5, None)
    assert "goodbye" in one.output()
