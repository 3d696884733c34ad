"""`make learn`: the emulator, the site and JupyterLab together, until Ctrl-C."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from rich.console import Console

from coldstart import stack
from coldstart.errors import CourseError
from coldstart.lab import work
from coldstart.paths import RECORDS, STATE
from coldstart.quiz import places
from coldstart.site import build, diagrams, serve

console = Console(highlight=False)
JUPYTER: Final = STATE / "jupyter"
LOG: Final = JUPYTER / "server.log"
QUIET: Final = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    }
}
START_SECONDS: Final = 60
WATCH_SECONDS: Final = 1
GONE: Final = (
    "The emulator has stopped, and what the labs had made in it is gone; `make up` in another terminal starts it again."
)
BACK: Final = "The emulator is back, empty: begin the lab from its first cell."


def learn(*, site_port: int, lab_port: int) -> int:
    """Serve until Ctrl-C, then stop whatever this call started.

    Args:
        site_port: Where the site is wanted; the next free port serves when it is taken.
        lab_port: The same for JupyterLab.
    """
    with ExitStack() as rooms:
        with console.status("Starting the emulator"):
            endpoint = rooms.enter_context(stack.ensure())
        with console.status("Building the site"):
            folder, labs = build.build(), work.prepare()
            diagrams.draw_all(labs / "assets" / "diagrams")
        lab_port, site_port = _free_port(lab_port), _free_port(site_port)
        variables = {**endpoint.environment, places.SERVED: f"http://127.0.0.1:{site_port}/"}
        with console.status("Starting JupyterLab"):
            server, address = rooms.enter_context(_jupyterlab(lab_port, variables, labs))
        site = rooms.enter_context(serve.serve(folder, site_port, lab_url=address))
        _welcome(site, address, endpoint.url)
        return _until_stopped(server, _Watch(endpoint.port))


def _welcome(site: str, labs: str, emulator: str) -> None:
    console.print(
        f"\n  the notes     [bold]{site}[/]\n  the labs      [bold]{labs}[/]\n  AWS, locally  [bold]{emulator}[/]\n",
        soft_wrap=True,
    )
    console.print(
        f"Your copies of the labs are in {work.folder()}; nothing overwrites them. Ctrl-C stops everything.",
        soft_wrap=True,
    )


def _until_stopped(server: "subprocess.Popen[bytes]", watch: "_Watch") -> int:
    try:
        while (status := server.poll()) is None:
            with suppress(subprocess.TimeoutExpired):
                server.wait(WATCH_SECONDS)
            watch.look()
    except KeyboardInterrupt:
        console.print("\nStopped. Your work is kept.")
        return 0
    raise CourseError(f"JupyterLab ended by itself (exit status {status}); its log is {LOG}.")


class _Watch:
    """Looks after what may change while people work: says when the emulator goes and comes back, and shows new lab runs."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._running = True
        self._runs = _runs()

    def look(self) -> None:
        """Look once."""
        if (running := stack.answers(self._port)) is not self._running:
            self._running = running
            console.print(BACK if running else f"{GONE} Its log is {stack.log(self._port)}.", soft_wrap=True)
        if (runs := _runs()) != self._runs:
            self._runs = runs
            with suppress(CourseError):  # somebody is editing a chapter; the site that is there goes on
                build.build()


def _runs() -> dict[str, float]:
    """Return when each lab's last run was written down."""
    return {path.name: path.stat().st_mtime for path in RECORDS.glob("*.json")}


@contextmanager
def _jupyterlab(
    port: int, variables: dict[str, str], root: os.PathLike[str]
) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Run JupyterLab, with settings and state of its own, as long as the block lasts."""
    token = secrets.token_urlsafe(24)
    _write_settings()
    with LOG.open("wb") as log:
        server = subprocess.Popen(
            _command(port, root), env=_environment(variables, token), stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_answering(server, port)
        yield server, f"http://127.0.0.1:{port}/lab?token={token}"
    finally:
        _stop(server)


def _command(port: int, root: os.PathLike[str]) -> list[str]:
    return [
        *(
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--ServerApp.port_retries=0",
        ),
        *(
            f"--ServerApp.root_dir={os.fspath(root)}",
            f"--LabApp.app_settings_dir={JUPYTER / 'settings'}",
            "--LabApp.news_url=",
        ),
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]


def _environment(variables: dict[str, str], token: str) -> dict[str, str]:
    """The token goes by the environment, since a command line can be read by everybody on the machine."""
    folders = {f"JUPYTER_{name}_DIR": str(JUPYTER / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    return {
        **stack.local(os.environ),
        **variables,
        **folders,
        "IPYTHONDIR": str(JUPYTER / "ipython"),
        "JUPYTER_TOKEN": token,
    }


def _write_settings() -> None:
    settings = JUPYTER / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(QUIET))


def _wait_until_answering(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stack.answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise CourseError(f"JupyterLab did not start; its log is {LOG}.")
        time.sleep(0.05)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """End JupyterLab with its kernels; they share its session."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        if not stack.answers(port):
            return port
    raise CourseError(f"No port is free from {wanted} to {wanted + 49}; name another with --site-port or --lab-port.")
