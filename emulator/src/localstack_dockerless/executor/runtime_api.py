"""The Runtime API of one execution environment.

It has no thread: whoever waits for the environment (see `environment`) serves it meanwhile, so an answer reaches the
caller without a hand-over between threads. Between invocations the processes are frozen and nobody asks anything.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import base64
import json
import selectors
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from localstack_dockerless.executor import addresses
from localstack_dockerless.executor.extension_apis import ExtensionApis
from localstack_dockerless.executor.http import BadRequest, Connection, Request, answer
from localstack_dockerless.executor.streams import MAX_STREAM, Stream

MAX_RESPONSE = 6_291_556
"""Bytes of a response. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and Lambda's own margin."""

_PREFIX = "/2018-06-01/runtime/"
_OK = answer("202 Accepted", b'{"status":"OK"}\n')
# A runtime needs one, each of ten extensions two, and a few children no more; each may hold a whole response.
_MAX_CONNECTIONS = 32


class Phase(Enum):
    """How far the runtime is, in the words AWS's own Runtime API uses in its error messages."""

    STARTED = "Started"
    READY = "Ready"
    RUNNING = "Running"
    RESPONDED = "InvocationResponse"
    FAILED = "InvocationErrorResponse"
    INIT_FAILED = "InitError"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for the function.

    Attributes:
        deadline: Unix time in seconds at which the invocation times out.
        client_context: JSON, as the caller's `ClientContext` decodes to.
        stream: Where a streamed response goes; without one it is kept like any other.
    """

    request_id: str
    body: bytes
    invoked_arn: str
    trace_id: str
    deadline: float
    client_context: str | None = None
    stream: Stream | None = None
    invocation_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the runtime posted for an invocation, or for its initialization.

    Attributes:
        error_type: "Runtime.ImportModuleError" and the like, where the runtime named one.
        streamed: Bytes that have gone to a stream instead.
    """

    body: bytes
    is_error: bool = False
    error_type: str = ""
    streamed: int = 0

    @property
    def produced(self) -> int:
        """Bytes of the response."""
        return self.streamed or len(self.body)


class RuntimeApi:
    """Listens on an address of its own and answers one runtime.

    Args:
        selector: Where the environment waits; each registered object carries the function to call.
        is_own: Whether a connection comes from the environment's own processes.
        listener: Where it listens; on a loopback address of its own without one.

    Attributes:
        beside: What answers at other paths.
    """

    beside: ExtensionApis | None = None

    def __init__(
        self,
        selector: selectors.BaseSelector,
        is_own: Callable[[socket.socket], bool],
        listener: socket.socket | None = None,
    ) -> None:
        self._selector = selector
        self._is_own = is_own
        self._runtime: Connection | None = None
        self._listener = listener or addresses.listen()
        self._connections: dict[Connection, None] = {}  # oldest first
        self.restart()
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    @property
    def address(self) -> str:
        """The value of `AWS_LAMBDA_RUNTIME_API`: "127.43.8.201:9001"."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    @property
    def is_deserted(self) -> bool:
        """Whether the runtime was killed while it waited for an event; a frozen sandbox cannot tell of its end."""
        if self._waiting is None:
            return False
        try:
            return not self._waiting.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def restart(self) -> None:
        """Forgets the previous process: a new one is about to start."""
        for connection in list(self._connections):
            self._hang_up(connection)
        self.phase = Phase.STARTED
        self.reply: Reply | None = None
        self._waiting: Connection | None = None
        self._current: Invocation | None = None

    def deliver(self, invocation: Invocation) -> bool:
        """Hands the event to the runtime, which must be waiting for it (phase READY).

        Returns:
            Whether it got it; if not, it hung up meanwhile, and may ask again.
        """
        assert self._waiting is not None  # noqa: S101 - what READY means
        connection, self._waiting = self._waiting, None
        self._current, self.reply, self.phase = invocation, None, Phase.RUNNING
        try:
            connection.send(_event(invocation))
        except OSError:
            self._current, self.phase = None, Phase.STARTED
            self._hang_up(connection)
            return False
        return True

    def close(self) -> None:
        """Hangs up and stops listening."""
        for connection in list(self._connections):
            self._hang_up(connection)
        self._selector.unregister(self._listener)
        self._listener.close()

    def refuse_strangers(self) -> None:
        """Hangs up on whoever connected while the environment's own processes were frozen."""
        while (sock := self._accepted()) is not None:
            sock.close()

    def _accepted(self) -> socket.socket | None:
        try:
            return self._listener.accept()[0]
        except (BlockingIOError, ConnectionError):
            return None

    def _accept(self) -> None:
        sock = self._accepted()
        if sock is None:
            return
        if len(self._connections) >= _MAX_CONNECTIONS and not self._make_room():
            sock.close()
            return
        connection = Connection(sock, partial(self._kept, sock))
        self._connections[connection] = None
        self._selector.register(sock, selectors.EVENT_READ, partial(self._read, connection))

    def _make_room(self) -> bool:
        """Hangs up on the stranger that has been there longest: none may use up the environment's own connections."""
        others = (one for one in self._connections if one is not self._runtime)
        stranger = next((one for one in others if not self._is_own(one.sock)), None)
        if stranger is None:
            return False
        self._hang_up(stranger)
        return True

    def _kept(self, sock: socket.socket, request: Request) -> int:
        """How many bytes of a body are worth keeping: an answer to the current event, or a failed initialization."""
        if self.beside and not request.path.startswith(_PREFIX):
            return self.beside.kept(sock)
        current, wanted = self._current, False
        match request.method, request.path.removeprefix(_PREFIX).split("/"):
            case "POST", ["invocation", request_id, "response" | "error"]:
                wanted = current is not None and request_id == current.request_id
                if wanted and self._may_stream(request):
                    self._begin_stream(request)
            case "POST", ["init", "error"]:
                wanted = self.phase is Phase.STARTED and current is None and self._is_own(sock)
        return MAX_RESPONSE + 1 if wanted else 0

    def _may_stream(self, request: Request) -> bool:
        """Whether it is a streamed response, the first one, and there is a reader."""
        current = self._current
        named = request.headers.get("lambda-runtime-invocation-id")
        return (
            request.path.endswith("/response")
            and request.headers.get("lambda-runtime-function-response-mode", "").lower() == "streaming"
            and self.phase is Phase.RUNNING
            and current is not None
            and current.stream is not None
            and not current.stream.begun
            and named in (None, current.invocation_id)
        )

    def _begin_stream(self, request: Request) -> None:
        stream = self._current.stream if self._current else None
        assert stream is not None  # noqa: S101 - what `_may_stream` says
        stream.begin(request.headers.get("content-type", "application/octet-stream"))
        request.consume = lambda data: stream.write(data) if request.size < MAX_STREAM else None

    def _read(self, connection: Connection) -> None:
        try:
            request = connection.receive()
            while request is not None:
                self._route(connection, request)
                request = connection.next_request()
        except (BadRequest, OSError):
            self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        if connection not in self._connections:
            return
        del self._connections[connection]
        if self._runtime is connection:
            self._runtime = None
        if self._waiting is connection:
            self._waiting, self.phase = None, Phase.STARTED
        if self.beside:
            self.beside.hung_up(connection)
        self._selector.unregister(connection.sock)
        connection.close()

    def _route(self, connection: Connection, request: Request) -> None:
        method, path = request.method, request.path
        if not path.startswith(_PREFIX):
            if self.beside and self.beside.route(connection, request):
                return None
            return self._refuse_path(connection)
        match method, path.removeprefix(_PREFIX).split("/"):
            case "GET", ["invocation", "next"]:
                self._check_runtime(connection)
                self._next(connection)
            case "POST", ["invocation", request_id, "response"]:
                connection.send(self._post(request_id, request, self._response))
            case "POST", ["invocation", request_id, "error"]:
                connection.send(self._post(request_id, request, self._error))
            case "POST", ["init", "error"]:
                self._check_runtime(connection)
                connection.send(self._init_error(request))
            case _:
                self._refuse_path(connection)
        return None

    def _refuse_path(self, connection: Connection) -> None:
        """Nothing is there; a stranger is not even told so.

        Raises:
            ConnectionError: It is a stranger.
        """
        if not self._is_own(connection.sock):
            raise ConnectionRefusedError
        connection.send(answer("404 Not Found", b"404 page not found\n", content_type="text/plain"))

    def _check_runtime(self, connection: Connection) -> None:
        """Only the environment itself may take events or fail its initialization; other requests need a request id.

        Raises:
            ConnectionError: It is a stranger.
        """
        if self._runtime is not connection:
            if not self._is_own(connection.sock):
                raise ConnectionRefusedError
            self._runtime = connection

    def _next(self, connection: Connection) -> None:
        if self.phase not in (Phase.STARTED, Phase.RESPONDED, Phase.FAILED):
            connection.send(self._forbidden(Phase.READY))
            return
        self._waiting, self.phase = connection, Phase.READY

    def _post(self, request_id: str, request: Request, accept: Callable[[Request], bytes]) -> bytes:
        current = self._current
        # A body that was dropped began before its request id was the current one.
        was_dropped = bool(request.size) and not request.body and not request.consume
        if current is None or request_id != current.request_id or was_dropped:
            return _refusal("400 Bad Request", "InvalidRequestID", "Invalid request ID")
        if request.headers.get("lambda-runtime-invocation-id", current.invocation_id) != current.invocation_id:
            return _refusal("400 Bad Request", "InvalidInvocationId", "Invalid invocation ID")
        if self.phase is not Phase.RUNNING:
            return self._forbidden(Phase.RESPONDED)
        return accept(request)

    def _response(self, request: Request) -> bytes:
        self.phase = Phase.RESPONDED
        if request.consume:
            self.reply = _streamed(request)
            return _OK
        if request.size > MAX_RESPONSE:
            # Not 413: awslambdaric ends its process on that, and the environment is to go on.
            self.reply = Reply(_too_large(MAX_RESPONSE), is_error=True, error_type="Function.ResponseSizeTooLarge")
            return _OK
        # A response that was being streamed when the handler failed carries the error in its trailers.
        error_type = request.trailers.get("lambda-runtime-function-error-type", "")
        self.reply = Reply(bytes(request.body), is_error=bool(error_type), error_type=error_type)
        return _OK

    def _error(self, request: Request) -> bytes:
        self.phase = Phase.FAILED
        self.reply = _error_reply(request)
        return _OK

    def _init_error(self, request: Request) -> bytes:
        if self.phase is not Phase.STARTED or self._current is not None:
            return self._forbidden(Phase.INIT_FAILED)
        self.phase = Phase.INIT_FAILED
        self.reply = _error_reply(request)
        return _OK

    def _forbidden(self, wanted: Phase) -> bytes:
        message = (
            f"State transition from {self.phase.value} to {wanted.value} failed for runtime. "
            "Error: State transition is not allowed"
        )
        return _refusal("403 Forbidden", "InvalidStateTransition", message)


def _too_large(limit: int) -> bytes:
    message = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    return json.dumps({"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}).encode()


def _streamed(request: Request) -> Reply:
    """What is left to say after a stream: nothing, or the error that the handler ended in, from the trailers."""
    if request.size > MAX_STREAM:
        return Reply(_too_large(MAX_STREAM), is_error=True, error_type="Function.ResponseSizeTooLarge")
    error_type = request.trailers.get("lambda-runtime-function-error-type", "")
    try:
        body = base64.b64decode(request.trailers.get("lambda-runtime-function-error-body", ""))
    except ValueError:
        body = b""
    return Reply(body, is_error=bool(error_type), error_type=error_type, streamed=request.size)


def _refusal(status: str, error_type: str, message: str) -> bytes:
    return answer(status, json.dumps({"errorMessage": message, "errorType": error_type}).encode() + b"\n")


def _error_reply(request: Request) -> Reply:
    error_type = request.headers.get("lambda-runtime-function-error-type", "")
    return Reply(bytes(request.body), is_error=True, error_type=error_type)


def _event(invocation: Invocation) -> bytes:
    headers = (
        f"Lambda-Runtime-Aws-Request-Id: {invocation.request_id}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {int(invocation.deadline * 1000)}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: {invocation.invoked_arn}\r\n"
        f"Lambda-Runtime-Trace-Id: {invocation.trace_id}\r\n"
        f"Lambda-Runtime-Invocation-Id: {invocation.invocation_id}\r\n"
        f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())}\r\n"
    )
    if invocation.client_context:
        headers += f"Lambda-Runtime-Client-Context: {invocation.client_context}\r\n"
    return answer("200 OK", invocation.body, headers)
