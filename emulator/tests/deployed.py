"""Functions from real files, deployed to the shared server and gone afterwards."""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from roles import role_of

HANDLERS = Path(__file__).parent / "handlers"
ROLE = "arn:aws:iam::000000000000:role/test"
_numbers = itertools.count(1)


def eventually(check: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true value of a check."""
    deadline = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return value


STREAM = "stream"


@contextlib.contextmanager
def log_group(server: Any, name: str) -> Iterator[str]:
    """A log group of that name with a stream; gone afterwards."""
    logs = server.client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName=STREAM)
    yield name
    logs.delete_log_group(logGroupName=name)


def writer(server: Any, group: str) -> Callable[..., None]:
    """What writes messages to such a group."""

    def write(*messages: str) -> None:
        now = int(time.time() * 1000)
        sent = [{"timestamp": now, "message": message} for message in messages]
        server.client("logs").put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=sent)

    return write


def events(server: Any, function: Any, reports: int = 1, group: str = "") -> list[dict[str, Any]]:
    """Everything in the function's log group, once so many REPORT lines are there."""
    logs, group = server.client("logs"), group or f"/aws/lambda/{function.name}"

    def complete() -> list[dict[str, Any]] | None:
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return None
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        found = [event for page in pages for event in page["events"]]
        return found if sum(event["message"].startswith("REPORT") for event in found) >= reports else None

    return list(eventually(complete, 60))


def archive(files: dict[str, str | bytes]) -> bytes:
    """A deployment package; every file may be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            package.writestr(entry, content)
    return buffer.getvalue()


def package(handler: str) -> bytes:
    """A handler of tests/handlers as a deployment package."""
    file = HANDLERS / handler
    return archive({file.name: file.read_text()})


@dataclass(frozen=True)
class Answer:
    """What an invocation gave the caller."""

    body: bytes
    error: str | None
    log: str
    seconds: float
    version: str

    @property
    def value(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[str]:
        return self.log.splitlines()

    @property
    def report(self) -> str:
        return next(line for line in self.lines if line.startswith("REPORT"))


@dataclass
class Function:
    """A deployed function."""

    client: Any
    name: str
    clean: list[Callable[[], Any]] = field(default_factory=list)

    def invoke(self, event: Any = None, **options: Any) -> Answer:
        begun = time.perf_counter()
        raw = self.client.invoke(FunctionName=self.name, LogType="Tail", Payload=json.dumps(event or {}), **options)
        body = raw["Payload"].read()
        seconds = time.perf_counter() - begun
        log = base64.b64decode(raw["LogResult"]).decode(errors="replace")
        return Answer(body, raw.get("FunctionError"), log, seconds, raw.get("ExecutedVersion", ""))

    def send(self, event: Any = None, **options: Any) -> None:
        """An asynchronous invocation."""
        payload = json.dumps(event or {})
        self.client.invoke(FunctionName=self.name, InvocationType="Event", Payload=payload, **options)

    def configuration(self) -> dict[str, Any]:
        return dict(self.client.get_function_configuration(FunctionName=self.name))

    def settled(self) -> Function:
        """Waits until creation or update is through."""
        eventually(lambda: self.configuration()["State"] != "Pending")
        eventually(lambda: self.configuration()["LastUpdateStatus"] != "InProgress")
        return self

    def configure(self, **changes: Any) -> Function:
        self.client.update_function_configuration(FunctionName=self.name, **changes)
        return self.settled()

    def deploy(self, code: bytes) -> Function:
        self.client.update_function_code(FunctionName=self.name, ZipFile=code)
        return self.settled()

    def publish(self) -> str:
        version = self.client.publish_version(FunctionName=self.name)["Version"]
        waiter = self.client.get_waiter("function_active_v2")
        waiter.wait(FunctionName=self.name, Qualifier=version, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})
        return str(version)


Deploy = Callable[..., Function]


def deployer(client: Any, made: list[Function]) -> Deploy:
    """Makes functions of one server."""

    def deploy(handler: str = "probe.py", **options: Any) -> Function:
        stem = handler.partition(".")[0]
        name = f"{stem}-{next(_numbers)}".replace("_", "-")
        # A whole processor: what is not about memory shall not wait for it.
        options = {"MemorySize": 1769, **options}
        options = {"Runtime": "python3.13", "Handler": f"{stem}.handler", **options}
        options["Role"] = options.get("Role") or role_of(client)
        code = {"ZipFile": options.pop("code", None) or package(handler)}
        if hot := options.pop("hot", None):
            code = {"S3Bucket": "hot-reload", "S3Key": hot}
        client.create_function(FunctionName=name, Code=code, **options)
        made.append(Function(client, name))
        return made[-1].settled()

    return deploy


def deploy_in(account: str) -> Any:
    """A fixture like `deploy`, for the tests of one file, in an account of theirs."""

    @pytest.fixture(scope="module")
    def deploy(server: Any) -> Iterator[Deploy]:
        made: list[Function] = []
        client = server.client("lambda", account)
        yield deployer(client, made)
        for function in made:
            client.delete_function(FunctionName=function.name)

    return deploy


@pytest.fixture
def deploy(server: Any) -> Iterator[Deploy]:
    made: list[Function] = []
    client = server.client("lambda")
    yield deployer(client, made)
    for function in made:
        client.delete_function(FunctionName=function.name)
