"""A Runtime API in a few lines, and functions that run against it."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from localstack_dockerless import runtimes, sandbox

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"


class Api(ThreadingHTTPServer):
    """Hands out events and takes what the runtime answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: queue.Queue[object] = queue.Queue()
        self.trailers = ""
        self.answers: queue.Queue[tuple[str, Any, dict[str, str]]] = queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A runtime that ends breaks its connection."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Api

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        body = json.dumps(self.server.events.get()).encode()
        self.send_response(200)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": "request-1",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 3000),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-trace",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        raw = self._body()
        streamed = self.headers.get("Lambda-Runtime-Function-Response-Mode") == "streaming"
        body = raw.decode() if streamed else json.loads(raw)
        path = self.path.rpartition("/runtime/")[2]
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answers.put((path, body, {name.lower(): value for name, value in self.headers.items()}))

    def _body(self) -> bytes:
        if length := self.headers.get("Content-Length"):
            return self.rfile.read(int(length))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.server.trailers = b"".join(iter(self.rfile.readline, b"\r\n")).decode()
        return body


@dataclass
class Function:
    """A function in its environment."""

    api: Api
    box: sandbox.Box
    reader: int
    exits: queue.Queue[sandbox.Exit] = field(default_factory=queue.Queue)

    def invoke(self, event: object = None, seconds: float = 20) -> tuple[str, Any]:
        """Return where the runtime answered ("response", "error", "init/error") and what."""
        self.api.events.put({} if event is None else event)
        path, body, self.headers = self.api.answers.get(timeout=seconds)
        return path.removeprefix("invocation/request-1/"), body

    def output(self) -> str:
        """What the function has written since the last time asked."""
        return os.read(self.reader, 1 << 20).decode()


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Callable[..., Function]]:
    """Makes functions from files: ``function("python3.13", {"app.py": "..."}, "app.handler")``."""
    made: list[tuple[Function, int]] = []

    def make(
        identifier: str, files: dict[str, str], handler: str, layers: tuple[Path, ...] = (), **environment: str
    ) -> Function:
        runtime, api = runtimes.resolve(identifier), Api()
        code = tmp_path / f"code{len(made)}"
        for name, text in files.items():
            path = code / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)
        lambdas = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
            "_HANDLER": handler,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
        directory = tmp_path / f"box{len(made)}"
        spec = sandbox.Spec(
            f"runtime-{os.getpid()}-{len(made)}",
            runtime.command,
            dict(runtime.environment) | lambdas | environment,
            code,
            layers,
            runtime.mounts,
            256,
            512,
            directory,
        )
        reader, writer = os.pipe()
        one = Function(api, sandbox.create(spec), reader)
        one.box.on_exit(one.exits.put)
        one.box.start(writer)
        made.append((one, writer))
        return one

    yield make
    for one, writer in made:
        one.box.close()
        one.api.shutdown()
        one.api.server_close()
        os.close(one.reader)
        os.close(writer)
