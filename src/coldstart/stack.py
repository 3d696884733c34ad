"""Start, stop, ask and reset the emulator.

The emulator is a package of its own in an environment of its own. This room talks to it by its command and over HTTP, and never imports it.
"""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from coldstart.errors import CourseError
from coldstart.paths import EMULATOR, STATE

DEFAULT_PORT: Final = 4566
TIME_SCALE: Final = 1 / 60
"""Of Lambda's waits before retries and between health checks: a minute takes a second."""
LOOPBACK: Final = "127.0.0.1,localhost"
PERSONAL: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
)
CLEAN_UP_SECONDS: Final = 10
STARTED_BY_A_SESSION: Final = "started by a session\n"
OURS: Final = {
    "`localstack-dockerless start`": "`make up`",
    "`localstack-dockerless stop`": "`make down`",
    "`localstack-dockerless reset`": "`make reset`",
    "another port with --port": "another one with COLDSTART_PORT",
    "above 1023 with --port": "above 1023 with COLDSTART_PORT",
    " or choose --data": "",
    "DOCKERLESS_TIME_SCALE": "COLDSTART_TIME_SCALE",
    " or choose another --data": "",
    "; choose --data": "",
}
"""How the emulator's own sentences read in the course, whose commands have other names and no such options."""
COMMAND: Final = EMULATOR / ".venv" / "bin" / "localstack-dockerless"


@dataclass(frozen=True)
class Endpoint:
    """Where AWS answers.

    Attributes:
        url: What boto3 takes as ``AWS_ENDPOINT_URL``.
        port: TCP port on the loopback interface.
    """

    url: str
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point boto3 and the labs at this endpoint, past any proxy."""
        without_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK]))
        return {
            "NO_PROXY": without_proxy,
            "no_proxy": without_proxy,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


def local(environment: Mapping[str, str]) -> dict[str, str]:
    """Return these variables without those of a person's own AWS accounts, which would override the endpoint's."""
    return {name: value for name, value in environment.items() if name not in PERSONAL}


def configured_port() -> int:
    """Return the emulator's port: ``COLDSTART_PORT``, or 4566.

    Raises:
        CourseError: The variable is not a port number.
    """
    text = os.environ.get("COLDSTART_PORT", str(DEFAULT_PORT))
    if not text.isdigit() or not 1 <= int(text) <= 65535:  # noqa: PLR2004 - the largest port number
        raise CourseError(f"COLDSTART_PORT is {text!r}; set it to a port number between 1 and 65535.", status=2)
    return int(text)


def up(port: int | None = None) -> Endpoint:
    """Start the emulator, or find it running, and return where it answers; it stays until somebody stops it.

    Raises:
        CourseError: It cannot start, for instance because the port is taken.
    """
    port = port or configured_port()
    endpoint = _start(port)
    with _session(port) as session:
        session.truncate(0)
    return endpoint


def _start(port: int) -> Endpoint:
    _call("start", port)
    return Endpoint(f"http://127.0.0.1:{port}", port)


def down(port: int | None = None) -> str:
    """Stop the emulator, if it runs, and return what was done in one sentence."""
    return _call("stop", port or configured_port())


def reset(account: str | None = None, port: int | None = None) -> str:
    """Forget everything in the emulator, or everything of one account.

    Args:
        account: 12 digits, as in an access key id that stands for an account.
        port: The emulator's port.

    Raises:
        CourseError: The account is none, or no emulator runs.
    """
    if account is not None and not re.fullmatch(r"\d{12}", account):
        raise CourseError(f"{account!r} is no account; give its 12 digits.", status=2)
    return _call("reset", port or configured_port(), *(["--account", account] if account else []))


def status(port: int | None = None) -> dict[str, Any]:
    """Return what the emulator says of itself; ``{"running": False, ...}`` when it does not run."""
    return _parsed(_call("status", port or configured_port(), "--json", check=False), "status")


def why(function: str, target: str, account: str = "", region: str = "", port: int | None = None) -> str:
    """Return, hop by hop, why a function reaches a target or not.

    Args:
        function: Its name or ARN.
        target: A service ("s3"), "internet", "10.0.1.5:5432", "example.com:443" or an ARN.
        account: Of the function, 12 digits; the labs' own by default.
        region: Of the function.
        port: The emulator's port.

    Raises:
        CourseError: There is no such function or target, or no emulator runs.
    """
    given = [
        word for name, value in (("account", account), ("region", region)) if value for word in (f"--{name}", value)
    ]
    return _call("why", port or configured_port(), *given, "--", function, target)


def doctor() -> dict[str, Any]:
    """Return what the emulator finds on this machine: isolation, limits, interpreters."""
    return _parsed(_run(["doctor", "--json"]).stdout, "doctor")


def _parsed(answer: str, verb: str) -> dict[str, Any]:
    try:
        return dict(json.loads(answer))
    except ValueError as error:
        raise CourseError(
            f"The emulator does not answer `{verb}` as this version does; stop it with `make down`, or move to another port with COLDSTART_PORT."
        ) from error


@contextmanager
def ensure(port: int | None = None) -> Iterator[Endpoint]:
    """Give the running emulator, or one that lives as long as the last of the blocks that use it."""
    port = port or configured_port()
    with _session(port) as session:
        if not status(port)["running"]:
            session.write(STARTED_BY_A_SESSION)
            session.flush()
        try:
            yield _start(port)
        finally:
            if _is_the_last(session):
                session.truncate(0)
                down(port)


@contextmanager
def _session(port: int) -> Iterator[IO[str]]:
    """Use the emulator together with whoever else does: the lock of a process that dies is gone with it."""
    path = STATE / "sessions" / str(port)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as session:
        fcntl.flock(session, fcntl.LOCK_SH)
        yield session


def _is_the_last(session: IO[str]) -> bool:
    """Return whether nobody else uses an emulator that was started for a session."""
    session.seek(0)
    try:
        fcntl.flock(session, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return session.read() != ""


def log(port: int) -> Path:
    """Return where the emulator of this port writes what went wrong."""
    return data_directory(port) / "server.log"


def answers(port: int) -> bool:
    """Return whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def data_directory(port: int) -> Path:
    """Return where the emulator on this port writes."""
    return STATE / "emulator" / str(port)


def own_environment() -> dict[str, str]:
    """Return the variables that the emulator starts with; ``COLDSTART_TIME_SCALE=1`` has it wait as long as AWS does."""
    return {**os.environ, "DOCKERLESS_TIME_SCALE": os.environ.get("COLDSTART_TIME_SCALE") or str(TIME_SCALE)}


def _call(verb: str, port: int, *arguments: str, check: bool = True) -> str:
    result = _run([verb, "--port", str(port), "--data", str(data_directory(port)), *arguments])
    if check and result.returncode:
        raise CourseError(
            _sentence(result.stderr) or f"The emulator could not {verb} (exit status {result.returncode})."
        )
    return result.stdout.strip()


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    if not COMMAND.exists():
        raise CourseError("The emulator is not installed; type `make up`, which sets it up.")
    with subprocess.Popen(
        [str(COMMAND), *arguments], env=own_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            stdout, stderr = process.communicate()
        except KeyboardInterrupt:  # a terminal's Ctrl-C reaches both; either way it cleans up, which takes a moment
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=CLEAN_UP_SECONDS)
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


def _sentence(stderr: str) -> str:
    """Return the last line, in the words of the course's own commands."""
    sentence = (stderr.strip().splitlines() or [""])[-1]
    for theirs, ours in OURS.items():
        sentence = sentence.replace(theirs, ours)
    return sentence
