"""External extensions: programs of their own, started before the runtime, in the same sandbox.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from localstack_dockerless.executor.extensions import LIMIT, Extensions, State
from localstack_dockerless.sandbox import Exit
from localstack_dockerless.sandbox.init import RUNTIME, Init

FOLDER = "extensions"

_OF_RUNTIME = (
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "_HANDLER",
)
"""Variables that extensions do not see."""


def find(layers: Iterable[Path]) -> dict[str, Path]:
    """The extensions in layers, by file name, in the order in which they start.

    Args:
        layers: Directories that are merged into /opt; a later one wins.
    """
    found: dict[str, Path] = {}
    for layer in layers:
        folder = layer / FOLDER
        entries = list(folder.iterdir()) if folder.is_dir() else []
        found |= {entry.name: entry for entry in entries if not entry.is_dir()}
        for entry in entries:
            if entry.is_dir():
                found.pop(entry.name, None)
    return dict(sorted(found.items()))


def launch_problem(file: Path) -> tuple[str, str] | None:
    """Why a file cannot be started.

    Returns:
        The error type of the EXTENSION line and the system's words; None if nothing is wrong.
    """
    try:
        with file.open("rb") as opened:
            head = opened.read(4)
            executable = os.fstat(opened.fileno()).st_mode & 0o001
    except OSError:
        return "UnknownError", "no such file or directory"
    if not executable:
        return "PermissionDenied", "permission denied"
    if not head.startswith((b"#!", b"\x7fELF")):
        return "UnknownError", "exec format error"
    return None


class Launcher:
    """Starts the extensions and then the runtime, and takes note of their ends.

    Args:
        files: The extensions, by file name.
        extensions: What is known of them.
        init: What starts programs in the environment.

    Attributes:
        problem: Why an extension could not be started: "fork/exec /opt/extensions/x: permission denied".
        runtime_exit: How the runtime ended, or None.
    """

    def __init__(self, files: Mapping[str, Path], extensions: Extensions, init: Init) -> None:
        self._names = list(files)
        self._extensions = extensions
        self.init = init
        self.problem = ""
        self.runtime_exit: Exit | None = None
        self._runtime_started = False
        for number, (name, file) in enumerate(files.items(), RUNTIME + 1):
            self._launch(number, name, file)
            if self.problem:
                break

    def advance(self) -> None:
        """The runtime starts once every external extension has registered."""
        if not self._runtime_started and not self.problem and self._extensions.all_registered:
            self._runtime_started = True
            self.init.run_runtime()

    def listen(self) -> None:
        """Takes note of ends."""
        for ended in self.init.news():
            if ended.number == RUNTIME:
                self.runtime_exit = ended.exit
            else:
                self._extensions[self._names[ended.number - RUNTIME - 1]].exit = ended.exit

    def terminate_runtime(self) -> None:
        """SIGTERM."""
        self.init.signal(RUNTIME, "TERM")

    def kill_runtime(self) -> None:
        """SIGKILL."""
        self.init.signal(RUNTIME, "KILL")

    def _launch(self, number: int, name: str, file: Path) -> None:
        path = f"/opt/{FOLDER}/{name}"
        problem = launch_problem(file)
        if number > LIMIT:
            problem = "TooManyExtensions", "ErrTooManyExtensions"
        if problem:
            one = self._extensions[name]
            one.state, one.error_type = State.LAUNCH_ERROR, problem[0]
            self.problem = problem[1] if number > LIMIT else f"fork/exec {path}: {problem[1]}"
        else:
            self.init.run(number, [path], without=_OF_RUNTIME)
