"""From start to stop, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from functions import ECHO, deploy, eventually
from localstack_dockerless.sandbox import cgroups
from localstack_dockerless.server import launcher
from localstack_dockerless.server.settings import Settings
from servers import COMMAND


def state(server):
    return json.loads((server.data / "server.json").read_text())


def processes_below(server):
    """Whatever lives in the session of the server's supervisor or was started by it."""
    return psutil.Process(state(server)["supervisor"]).children(recursive=True)


def is_gone(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def mounts():
    return Path("/proc/self/mounts").read_text()


def leftovers(server):
    return [path for path in (server.data / "tmp", server.data / "server.json") if path.exists()]


def with_function(server):
    """Start a server with one execution environment."""
    server.start()
    client = server.client("lambda")
    client.invoke(FunctionName=deploy(client, ECHO), Payload=b"{}")
    return processes_below(server)


def test_status_tells_where_the_server_is(server):
    status = json.loads(server.command("status", "--json").stdout)
    assert status["running"]
    assert status["endpoint"] == server.endpoint
    assert status["data"] == str(server.data)


def test_status_without_a_server_says_so_and_fails(another_server):
    done = another_server().command("status", "--json")
    assert json.loads(done.stdout)["running"] is False
    assert done.returncode == 1


def test_a_second_start_says_that_it_runs_already(server):
    done = server.command("start")
    assert done.returncode == 0
    assert done.stdout == f"Already running at {server.endpoint}.\n"


def test_only_this_machine_reaches_the_server(server):
    addresses = [a.address for found in psutil.net_if_addrs().values() for a in found if a.family == socket.AF_INET]
    others = [address for address in addresses if not address.startswith("127.")]
    if not others:
        pytest.skip("this machine has no address but the loopback one")
    for address in others:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, server.port), timeout=2)


def test_stop_leaves_no_process_file_or_mount_behind(another_server):
    one, before = another_server(), mounts()
    living = with_function(one)
    server = state(one)["pid"]
    assert one.command("stop").returncode == 0
    assert all(is_gone(process) for process in living)
    assert not cgroups.made_by(server)
    assert leftovers(one) == []
    assert mounts() == before


def test_stop_takes_three_seconds_at_most(another_server):
    """On a machine that is busy with other things: no longer than the start."""
    one = another_server()
    began = time.monotonic()
    with_function(one)
    started = time.monotonic()
    one.command("stop")
    assert time.monotonic() - started < max(3, started - began)


@pytest.mark.parametrize("victim", ["pid", "supervisor"])
def test_after_a_kill_nothing_survives_and_the_next_start_works(another_server, victim):
    one = another_server()
    living = with_function(one)
    server = state(one)["pid"]
    os.kill(state(one)[victim], signal.SIGKILL)
    eventually(lambda: all(is_gone(process) for process in living))
    one.start()
    one.client("lambda").invoke(FunctionName=deploy(one.client("lambda"), ECHO), Payload=b"{}")
    eventually(lambda: not cgroups.made_by(server))
    one.command("reset")
    assert one.client("lambda").list_functions()["Functions"] == []


def test_servers_do_not_disturb_each_other(server, another_server, echo):
    other = another_server()
    other.start()
    assert other.client("lambda").list_functions()["Functions"] == []
    other.command("stop")
    assert (
        server.client("lambda").invoke(FunctionName=echo, Payload=b'"still here"')["Payload"].read() == b'"still here"'
    )


def test_servers_keep_objects_of_buckets_of_one_name_apart(server, another_server):
    other = another_server()
    other.start()
    ours, theirs = server.client("s3"), other.client("s3")
    for client, body in ((ours, b"ours"), (theirs, b"theirs")):
        client.create_bucket(Bucket="same-name")
        client.put_object(Bucket="same-name", Key="key", Body=body)
    assert theirs.get_object(Bucket="same-name", Key="key")["Body"].read() == b"theirs"
    other.command("reset")
    assert ours.get_object(Bucket="same-name", Key="key")["Body"].read() == b"ours"
    assert (server.data / "tmp" / "s3" / "same-name").is_dir(), "everything is below the server's directory"


def starting(server, *arguments):
    line = [*COMMAND, "start", f"--port={server.port}", f"--data={server.data}", *arguments]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_start_leaves_nothing_running(another_server, number):
    one = another_server()
    with starting(one) as start:
        eventually((one.data / "server.json").exists)
        living = processes_below(one)
        start.send_signal(number)
        assert start.wait(10) == 130
    assert all(is_gone(process) for process in living)
    assert leftovers(one) == []
    assert one.command("status").returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_in_the_moment_of_starting_a_process_does_not_lose_it(another_server, monkeypatch, number):
    one, started = another_server(), []

    class Interrupted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)
            os.kill(os.getpid(), number)

    monkeypatch.setattr(launcher.subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        launcher.start(Settings(one.port, one.data))
    assert started
    assert all(process.poll() is not None for process in started)
    assert leftovers(one) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_server_in_the_foreground_ends_with_its_command(another_server, number):
    one = another_server()
    with starting(one, "--foreground") as start:
        assert start.stdout.readline().startswith("Ready at")
        living = processes_below(one)
        start.send_signal(number)
        start.wait(10)
    eventually(lambda: all(is_gone(process) for process in living))


def test_the_port_is_free_after_stop(another_server):
    one = another_server()
    one.start()
    one.command("stop")
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", one.port))


def test_two_starts_at_once_end_with_one_server(another_server):
    one = another_server()
    with starting(one) as first, starting(one) as second:
        said = sorted(start.communicate(timeout=60)[0].split()[0] for start in (first, second))
        assert (first.returncode, second.returncode) == (0, 0)
    assert said == ["Already", "Ready"]
