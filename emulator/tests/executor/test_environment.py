"""An execution environment without LocalStack around it."""

from __future__ import annotations

import errno
import threading
import time
import uuid
from pathlib import Path

import pytest
from deployed import HANDLERS, eventually
from localstack_dockerless import runtimes, sandbox
from localstack_dockerless.executor import process
from localstack_dockerless.executor.environment import Environment, NotBegun, Stopped
from localstack_dockerless.executor.external import find
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.runtime_api import Invocation, Phase
from localstack_dockerless.executor.settings import Settings
from localstack_dockerless.executor.variables import function_environment

COMPUTED = {
    "_HANDLER": "app.handler",
    "AWS_LAMBDA_FUNCTION_NAME": "f",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
    "AWS_LAMBDA_LOG_STREAM_NAME": "s",
    "AWS_REGION": "us-east-1",
}
RETURN = "def handler(event, context):\n    return event\n"
SLEEP = "import time\ndef handler(event, context):\n    time.sleep(60)\n"
SLOW_INIT = "import time\nprint('starting')\ntime.sleep(60)\n"


@pytest.fixture
def make(tmp_path):
    made = []

    def environment(code, extension="", **settings):
        folder = tmp_path / str(len(made))
        (folder / "code").mkdir(parents=True)
        (folder / "code" / "app.py").write_text(code)
        runtime = runtimes.resolve("python3.13")
        layer = folder / "layer"
        if extension:
            (layer / "extensions").mkdir(parents=True)
            (layer / "extensions" / "one").write_text(extension)
            (layer / "extensions" / "one").chmod(0o755)

        def box(address):
            variables = function_environment(COMPUTED, {}, of_runtime=runtime.environment, runtime_api=address)
            return sandbox.create(
                sandbox.Spec(
                    uuid.uuid4().hex[:8],
                    runtime.command,
                    variables,
                    folder / "code",
                    mounts=runtime.mounts,
                    memory_mb=1769,
                    directory=folder / "box",
                    layers=(layer,) if extension else (),
                    several=bool(extension),
                )
            )

        settings["external"] = find([layer])
        defaults = {"timeout": 5, "memory_mb": 1769, "version": "$LATEST"}
        made.append(Environment(Settings(**defaults | settings), box, closed.append.__get__(closed)))
        return made[-1]

    closed = Closed()
    environment.closed = closed
    yield environment
    for one in made:
        one.stop()


class Closed(list):
    """Collects what environments printed at their end."""

    def append(self, printed):
        super().append(printed)


def event(body=b"{}"):
    return Invocation(
        str(uuid.uuid4()), body, "arn:f", "Root=1-5e1b4151-5ac6c58f;Parent=53995c3f42cd8ad8;Sampled=1", time.time() + 5
    )


def in_background(call):
    """Runs a call in a thread; what it raised is in the list."""
    raised = []

    def run():
        try:
            call()
        except Stopped as stopped:
            raised.append(stopped)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def held():
    """Threads and open descriptors of this process."""
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def no_more_than(before):
    """Whether nothing has been added; something of an earlier test may just be going."""
    return all(now <= then for now, then in zip(held(), before, strict=True))


@pytest.mark.parametrize(("code", "initialize"), [(SLEEP, True), (SLOW_INIT, False)])
def test_stop_ends_what_is_running_at_once_and_does_not_wait_for_it(make, code, initialize):
    environment = make(code)
    if initialize:
        environment.initialize()
    thread, raised = in_background((lambda: environment.invoke(event())) if initialize else environment.initialize)
    time.sleep(0.3)
    begun = time.monotonic()
    environment.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert time.monotonic() - begun < 20, "not after the handler's minute"
    assert [type(one) for one in raised] == [Stopped]


def test_stop_gives_back_every_thread_descriptor_and_file(make, tmp_path):
    make(RETURN).initialize()  # what is there once for all environments
    before = held()
    several = [make(RETURN) for _ in range(5)]
    for environment in several:
        environment.initialize()
        assert environment.invoke(event(b"1")).body == b"1"
        environment.stop()
        environment.stop()
    eventually(lambda: no_more_than(before))
    assert not list(tmp_path.glob("[1-5]/box"))
    assert len(make.closed) == 5


def test_a_sandbox_that_cannot_be_made_leaves_nothing_open():
    def no_box(address):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = held()
    for _ in range(5):  # what leaks, leaks each time
        with pytest.raises(OSError, match="No space"):
            Environment(Settings(timeout=1, memory_mb=128, version="1"), no_box, lambda: None)
    eventually(lambda: no_more_than(before))


def test_a_stopped_environment_does_not_begin_anything(make):
    environment = make(RETURN)
    environment.initialize()
    environment.stop()
    with pytest.raises(NotBegun):
        environment.invoke(event())


def test_a_retired_environment_finishes_its_invocation(make):
    environment = make("import time\ndef handler(event, context):\n    time.sleep(0.5)\n    return 'finished'\n")
    environment.initialize()
    results = []
    thread, _ = in_background(lambda: results.append(environment.invoke(event())))
    time.sleep(0.2)
    environment.retire()
    assert not make.closed
    thread.join(5)
    assert [result.body for result in results] == [b'"finished"']
    assert make.closed


def test_init_that_takes_too_long_is_repeated_by_the_invocation_under_its_timeout(make):
    environment = make(SLOW_INIT, init_limit=3, timeout=3)
    problem = environment.initialize()
    assert isinstance(problem, Failure)
    assert problem.status == "timeout"
    result = environment.invoke(event())
    assert b"Task timed out after 3.00 seconds" in result.body
    assert result.log.count("starting") == 2
    assert [line.split("\t")[1:] for line in result.log.splitlines() if line.startswith("INIT_REPORT")] == [
        ["Phase: init", "Status: timeout"],
        ["Phase: invoke", "Status: timeout"],
    ]


def test_a_process_that_dies_between_invocations_is_replaced(make):
    environment = make("import os\ndef handler(event, context):\n    return os.getpid()\n")
    environment.initialize()
    environment.invoke(event())
    environment._process._box.kill()
    eventually(lambda: environment._process.exit is not None)
    assert not environment.invoke(event()).is_error


def test_a_runtime_that_does_not_ask_any_more_times_out_and_never_gives_the_previous_result(make):
    environment = make(RETURN, timeout=1)
    environment.initialize()
    assert environment.invoke(event(b'"first"')).body == b'"first"'
    # Ours for the moment: the runtime believes that it has asked.
    environment._process.api.phase = Phase.STARTED
    assert b"Task timed out after 1.00 seconds" in environment.invoke(event(b'"second"')).body


def test_a_runtime_whose_connection_breaks_asks_again_and_gets_the_event(make):
    environment = make(RETURN)
    environment.initialize()
    environment.invoke(event())
    for connection in list(environment._process.api._connections):
        environment._process.api._hang_up(connection)
    assert environment.invoke(event(b'"second"')).body == b'"second"'


def test_who_connects_to_processes_that_are_not_frozen_is_no_stranger(make, monkeypatch):
    """An extension asks for its next event just when the runtime has ended, and nobody serves for a moment."""
    environment, refusals = make(RETURN), []
    environment.initialize()
    monkeypatch.setattr(environment._process.api, "refuse_strangers", lambda: refusals.append(True))
    environment._process.thaw()
    assert len(refusals) == 1, "it was frozen"
    environment._process.thaw()
    assert len(refusals) == 1


def test_the_executors_own_share_of_a_warm_invocation_is_below_the_functions(make):
    environment = make(RETURN)
    environment.initialize()
    environment.invoke(event())
    outside = []
    for _ in range(100):
        begun = time.perf_counter()
        log = environment.invoke(event()).log
        duration = float(log.rpartition("\tDuration: ")[2].split()[0])
        outside.append((time.perf_counter() - begun) * 1000 - duration)
    assert sorted(outside)[50] < 5, "milliseconds; it is a fifth of one on a quiet machine"


# A thread of its own waits for the signal: Python's handlers run in the main thread alone, which the kernel may not wake.
TERMINATED = (
    "import os, signal, threading\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
    "def wait():\n"
    "    signal.sigwait({signal.SIGTERM})\n"
    "    print('the function got SIGTERM', flush=True)\n"
    "    os._exit(0)\n"
    "threading.Thread(target=wait, daemon=True).start()\n"
    "def handler(event, context):\n"
    "    return event\n"
)
INSIDE = (
    "import http.client, json, os\n"
    "host = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
    "host.request('POST', '/2020-01-01/extension/register', '{}', {'Lambda-Extension-Name': 'inside'})\n"
    "answer = host.getresponse()\n"
    "answer.read()\n"
    "me = {'Lambda-Extension-Identifier': answer.headers['Lambda-Extension-Identifier']}\n"
    "host.request('GET', '/2020-01-01/extension/event/next', headers=me)\n"
)


@pytest.fixture
def patient(monkeypatch):
    """However slow the machine: the time for SHUTDOWN is Lambda's and short."""
    monkeypatch.setattr(process, "SHUTDOWN", {"internal": 60.0, "external": 60.0})
    monkeypatch.setattr(process, "RUNTIME_SHUTDOWN", {"internal": 60.0, "external": 50.0})


def test_the_time_for_shutdown_is_lambdas():
    assert process.SHUTDOWN == {"internal": 0.5, "external": 2.0}
    assert process.RUNTIME_SHUTDOWN == {"internal": 0.5, "external": 0.3}


@pytest.mark.usefixtures("patient")
def test_at_shutdown_the_runtime_gets_a_signal_and_then_extensions_their_event(make):
    environment = make(TERMINATED, extension=(HANDLERS / "shell.sh").read_text())
    environment.initialize()
    rest = environment.invoke(event()).rest
    if rest:
        rest.result(60)
    environment.stop()
    first, second = eventually(lambda: make.closed and make.closed[0].splitlines(), 60)
    assert first == "the function got SIGTERM"
    assert second.startswith('[one] {"eventType": "SHUTDOWN", "shutdownReason": "spindown"')


@pytest.mark.usefixtures("patient")
def test_with_an_internal_extension_the_runtime_gets_a_signal_too(make):
    environment = make(INSIDE + TERMINATED)
    environment.initialize()
    environment.stop()
    assert "the function got SIGTERM" in eventually(lambda: make.closed and make.closed[0].splitlines(), 60)


@pytest.mark.usefixtures("patient")
def test_stopped_again_it_leaves_no_time(make):
    stubborn = (HANDLERS / "shell.sh").read_text().replace("exit 0", "sleep 100")
    environment = make(TERMINATED, extension=stubborn)
    environment.initialize()
    environment.stop()
    environment.stop()
    eventually(lambda: make.closed, 30)


@pytest.mark.parametrize("jump", [86_400, -86_400], ids=["a day ahead", "a day back"])
def test_a_clock_that_jumps_ends_no_invocation_and_shows_in_no_duration(make, monkeypatch, jump):
    environment, now = make("import time\ndef handler(event, context):\n    time.sleep(.1)\n    return 1\n"), time.time
    assert environment.initialize() is None
    asked = event()
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    result = environment.invoke(asked)
    assert (result.body, result.is_error) == (b"1", False)
    assert result.figures is not None
    assert 100 <= result.figures.duration <= 5000
