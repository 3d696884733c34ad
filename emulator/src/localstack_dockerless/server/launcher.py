"""Start, find, stop and ask a server: what the commands do."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlencode

from localstack_dockerless import __version__, docker_flags
from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.server import state
from localstack_dockerless.server.catalog import Catalog
from localstack_dockerless.server.environment import server_environment
from localstack_dockerless.server.settings import HOST, Settings

START_TIMEOUT, STOP_TIMEOUT = 60.0, 3.0  # seconds
ANSWER_TIMEOUT = 30.0  # seconds for the first look at the machine; a reset may take twice as long
LEAST_SPACE = 32 * 2**20  # bytes a server needs below its directory before it does anything
NAME = "localstack-dockerless"


def ask(
    port: int, method: str, path: str, timeout: float = 5.0, body: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    """One request to a server's own addresses.

    Raises:
        OSError: nobody listens there.
        ValueError: whoever listens is not one of our servers.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        connection.request(method, path, json.dumps(body) if body else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except http.client.HTTPException as error:
        raise ValueError(str(error)) from error
    finally:
        connection.close()
    if not isinstance(answer, dict):
        raise ValueError("not an object")  # noqa: TRY004 - another program's answer, not a wrong type of ours
    return response.status, answer


def find(port: int) -> dict[str, Any] | None:
    """Our server on this port, whatever its version; None when there is none."""
    try:
        _, health = ask(port, "GET", "/_dockerless/health")
    except (OSError, ValueError):
        return None
    return health if health.get("name") == NAME else None


def start(settings: Settings, *, foreground: bool = False) -> str:
    """Start a server and wait until it is ready.

    Returns:
        The sentence to print.

    Raises:
        DockerlessError: it cannot start; the sentence says why.
    """
    docker_flags.current()  # says what is wrong with them
    if running := find(settings.port):
        return _already(running, settings)
    if _listens(settings.port):
        raise DockerlessError(
            f"Port {settings.port} is taken by another program; stop that one or choose another port with --port."
        )
    while (descriptor := _take(settings)) is None:
        if other := _await_other(settings):
            return _already(other, settings)
    try:
        _launch(settings, descriptor, foreground=foreground)
    finally:
        os.close(descriptor)
    return f"Ready at {settings.endpoint} (data in {settings.data})."


def _already(running: dict[str, Any], settings: Settings) -> str:
    port = settings.port
    if running.get("version") != __version__:
        raise DockerlessError(
            f"{NAME} {running.get('version')} is running on port {port} and this is {__version__}; stop it first with `{NAME} stop`."
        )
    if running.get("data") != str(settings.data):
        raise DockerlessError(
            f"The server on port {port} keeps its data in {running.get('data')}; stop it with `{NAME} stop` or choose another port with --port."
        )
    if running.get("time_scale") != settings.time_scale:
        raise DockerlessError(
            f"The server on port {port} runs with a time scale of {running.get('time_scale')}; stop it first with `{NAME} stop`."
        )
    if running.get("network") != settings.network:
        raise DockerlessError(
            f"The server on port {port} runs with the network {running.get('network')}; stop it first with `{NAME} stop`."
        )
    return f"Already running at {settings.endpoint}."


def _listens(port: int) -> bool:
    """Whether the server could not bind the port, tried as the server does it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise DockerlessError(f"This user may not use port {port}; choose one above 1023 with --port.") from None
        except OSError:
            return True
    return False


def _take(settings: Settings) -> int | None:
    """Make the data directory ours, empty of leftovers.

    Returns:
        The descriptor of its lock; None when this very server is being started by another command, or is ending.
    """
    data = settings.data
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = state.lock(data)
    except OSError as error:
        raise DockerlessError(f"{data} cannot hold a server's data: {error.strerror}; choose --data.") from error
    if descriptor is None:
        port = state.read(data).get("port", settings.port)
        if port == settings.port:
            return None
        raise DockerlessError(f"{data} is in use by the server on port {port}; stop it or choose another --data.")
    try:
        _prepare(data)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _prepare(data: Path) -> None:
    state.sweep(data)
    if shutil.disk_usage(data).free < LEAST_SPACE:
        raise DockerlessError(f"The disk of {data} is full; free at least {LEAST_SPACE // 2**20} MB or choose --data.")
    try:
        for name in ("tmp", "root", "config", "cache"):
            (data / name).mkdir(exist_ok=True)
        data.chmod(0o755)
    except OSError as error:
        raise DockerlessError(f"{data} cannot hold a server's data: {error.strerror}; choose --data.") from error


def _await_other(settings: Settings) -> dict[str, Any] | None:
    """The server that another command is starting; None when the directory is free again, as after a server's end."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if not state.is_held(settings.data):
            return None
        found = find(settings.port)
        if found and found.get("ready"):
            return found
        time.sleep(0.05)
    raise DockerlessError(f"The server in {settings.data} does not answer; stop it with `{NAME} stop` and start again.")


def _launch(settings: Settings, descriptor: int, *, foreground: bool) -> None:
    environment = server_environment(settings) | {"DOCKERLESS_LOCK": str(descriptor)}
    if foreground:
        environment["DOCKERLESS_FOREGROUND"] = "1"
    catalog = Catalog(settings.data, server_environment(settings))
    with _interruptions() as interrupted, settings.log.open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "localstack_dockerless.server.supervisor"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=settings.data,
            pass_fds=[descriptor],
            start_new_session=True,
        )
        try:
            catalog.begin()
            _await_ready(settings, supervisor, catalog, interrupted)
        except BaseException:
            catalog.abandon()
            _end(supervisor)
            state.sweep(settings.data)  # it may have ended before it could do so
            raise


def _await_ready(
    settings: Settings, supervisor: subprocess.Popen[bytes], catalog: Catalog, interrupted: list[int]
) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if interrupted:
            raise KeyboardInterrupt
        if supervisor.poll() is not None:
            raise DockerlessError(f"The server could not start: {_last_words(settings)}")
        found = find(settings.port) if catalog.finished() else None
        if found and found.get("ready"):
            return
        time.sleep(0.02)
    raise DockerlessError(f"The server did not become ready in {START_TIMEOUT:.0f} s; see {settings.log}.")


def _last_words(settings: Settings) -> str:
    """The last line of the log, where the reason stands."""
    lines = [line.strip() for line in settings.log.read_text(errors="replace").splitlines() if line.strip()]
    return f"{lines[-1] if lines else 'it said nothing'} (all of it in {settings.log})"


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.terminate()
    try:
        supervisor.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()


@contextlib.contextmanager
def _interruptions() -> Iterator[list[int]]:
    """Collect Ctrl-C, SIGTERM and the end of the terminal, for a loop that looks at them.

    An exception at any line, as Ctrl-C raises it, would lose a process that was started and not yet given a name.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop(settings: Settings) -> str:
    """Stop the server of this port (or of this data directory, when it does not answer).

    Returns:
        The sentence to print; that there was nothing to stop is not an error.
    """
    found = find(settings.port)
    data = Path(found["data"]) if found and "data" in found else settings.data
    if not state.is_held(data) or (not found and state.read(data).get("port") != settings.port):
        return f"No server is running on port {settings.port}."
    _signal_supervisor(data, signal.SIGTERM)
    if not _released(data, STOP_TIMEOUT):
        _signal_supervisor(data, signal.SIGKILL)
        _released(data, STOP_TIMEOUT)
        state.sweep(data)
    return f"Stopped the server on port {settings.port}."


def _signal_supervisor(data: Path, number: int) -> None:
    if pid := state.read(data).get("supervisor"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _released(data: Path, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not state.is_held(data):
            return True
        time.sleep(0.01)
    return False


def _ask_ours(settings: Settings, method: str, path: str, timeout: float) -> tuple[int, dict[str, Any]]:
    """Like `ask`, of a server that answered a moment ago."""
    try:
        return ask(settings.port, method, path, timeout)
    except (OSError, ValueError) as error:
        raise DockerlessError(
            f"The server on port {settings.port} does not answer as it should; stop it with `{NAME} stop`."
        ) from error


def status(settings: Settings) -> dict[str, Any]:
    """What runs on the port; `running` says whether anything of ours does.

    Raises:
        DockerlessError: a server of ours does, and hangs or is of another version.
    """
    if not find(settings.port):
        return {"running": False, "port": settings.port, "data": str(settings.data)}
    _, info = _ask_ours(settings, "GET", "/_dockerless/info", ANSWER_TIMEOUT)
    kept = ("port", "pid", "version", "data", "started_at", "time_scale")
    held = ("isolation", "network", "memory", "cpu", "tmp", "processes", "freezing")
    if not (info.keys() >= {*kept, "capabilities"} and isinstance(info["capabilities"], dict)):
        raise DockerlessError(
            f"{NAME} {info.get('version')} is running on port {settings.port} and this is {__version__}; stop it first with `{NAME} stop`."
        )
    return {
        "running": True,
        "endpoint": settings.endpoint,
        **{name: info[name] for name in kept},
        "executor": {name: info["capabilities"].get(name) for name in held},
    }


def reset(settings: Settings, account: str | None) -> str:
    """Make a running server forget everything, or one account.

    Raises:
        DockerlessError: there is no server, or the account is not one.
    """
    query = f"?account={account}" if account is not None else ""
    _tell(settings, "POST", f"/_dockerless/reset{query}")
    return f"Reset account {account}." if account else "Reset everything."


def permissions(settings: Settings, account: str, wish: str | None) -> str:
    """Turn the evaluation of an account's policies on or off, or say which it is.

    Args:
        settings: the server.
        account: 12 digits.
        wish: "on", "off", or None to ask.

    Raises:
        DockerlessError: there is no server, or the account is not one.
    """
    query = urlencode({"account": account, **({"set": wish} if wish else {})})
    answer = _tell(settings, "POST" if wish else "GET", f"/_dockerless/permissions?{query}")
    return f"Permissions of account {account} are {answer['permissions']}."


def _tell(settings: Settings, method: str, path: str) -> dict[str, Any]:
    if not find(settings.port):
        raise DockerlessError(f"No server is running on port {settings.port}; start one with `{NAME} start`.")
    code, answer = _ask_ours(settings, method, path, 2 * ANSWER_TIMEOUT)
    if code != http.client.OK:
        raise DockerlessError(answer.get("message", f"The server answered {code}; see {settings.log}."))
    return answer


def follow(settings: Settings) -> None:
    """Stay until Ctrl-C, SIGTERM or the end of the server, then stop it."""
    with _interruptions() as interrupted:
        while state.is_held(settings.data) and not interrupted:
            time.sleep(0.2)
        stop(settings)
