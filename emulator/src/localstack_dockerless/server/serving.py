"""The event loop of the server: a thread for each connection, from the first byte of a request to the last of the answer.

LocalStack's own (Twisted) reads in one thread, works in another and writes in the first again; all of it under one
interpreter lock, that is more work than the rest of a request.
"""

from __future__ import annotations

import contextlib
import io
import logging
import socket
import threading
from typing import Any, BinaryIO, cast
from urllib.parse import unquote_to_bytes

from localstack import config
from localstack.runtime.server.core import RuntimeServer
from rolo.gateway import Gateway
from rolo.gateway.wsgi import WsgiGateway

from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.server import doors, guard, internal, wire
from localstack_dockerless.server.connections import Connections, Incoming
from localstack_dockerless.server.doors import Gate, Held, Taken, hold
from localstack_dockerless.server.lane import Lane, Reply
from localstack_dockerless.services.alb import front

LOG = logging.getLogger(__name__)
BACKLOG = 256
BUFFER = 64 * 1024
LEFT_LIMIT = 1024 * 1024  # bytes of a body nobody read that are skipped to save the connection
PAUSE = 0.1  # seconds before the next try when a connection cannot be taken
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
SERVER = "localstack-dockerless"


class ThreadingServer(RuntimeServer):
    """Binds the address it is told; LocalStack's own drops the host and binds 0.0.0.0."""

    def __init__(self) -> None:
        self._listeners: list[socket.socket] = []
        self._connections = Connections()
        self._stopping = threading.Event()
        self._application: WsgiGateway
        self._lane = Lane()

    def register(
        self, gateway: Gateway, listen: list[config.HostAndPort], ssl_creds: tuple[str, str] | None = None
    ) -> None:
        """Listen at once, so that a taken port ends the start. The loopback interface needs no TLS.

        Raises:
            DockerlessError: the port is taken.
        """
        self._application = WsgiGateway(gateway)
        doors.serve = self._serve
        for address in listen:
            self._listeners.append(_listen(address.host, address.port))

    def run(self) -> None:
        """Serve until `shutdown` is called."""
        for listener in self._listeners[1:]:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        self._accept(self._listeners[0])

    def shutdown(self) -> None:
        """Stop accepting, and hang up."""
        self._stopping.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):  # wakes the thread that waits in accept()
                socket.create_connection(listener.getsockname(), timeout=1).close()
        self._connections.close()

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while not self._stopping.is_set():
                try:
                    self._take(listener)
                except (OSError, RuntimeError) as error:  # out of descriptors or threads, or the client has gone
                    self._connections.make_room(at_any_rate=True)
                    LOG.error("cannot take a connection: %s", error)  # noqa: TRY400 - the trace says no more
                    self._stopping.wait(PAUSE)

    def _take(self, listener: socket.socket) -> None:
        connection, peer = listener.accept()
        self._connections.make_room()
        try:
            threading.Thread(target=self._serve, args=(connection, peer), name="gateway", daemon=True).start()
        except RuntimeError:
            connection.close()
            raise

    def _serve(self, connection: socket.socket, peer: tuple[str, int], gate: Gate | None = None) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.add(connection)
        incoming = Incoming(connection, self._connections)
        try:
            with connection, io.BufferedReader(incoming, BUFFER) as stream:
                while self._answer(connection, cast("BinaryIO", stream), peer, gate):
                    pass
        except (Held, Taken):
            pass
        except OSError:
            pass  # the client went away
        except Exception:
            LOG.exception("while serving a connection")
        finally:
            self._connections.discard(connection)

    def _answer(self, connection: socket.socket, stream: BinaryIO, peer: tuple[str, int], gate: Gate | None) -> bool:
        """Serve one request; whether the connection lives on."""
        try:
            return self._serve_request(connection, stream, peer, gate)
        except wire.ProtocolError:  # it never spoke HTTP
            connection.sendall(BAD_REQUEST)
            return False

    def _serve_request(
        self, connection: socket.socket, stream: BinaryIO, peer: tuple[str, int], gate: Gate | None
    ) -> bool:
        head = wire.read_head(stream)
        if head is None:
            return False
        refused = _admit(gate, head, connection, stream) if gate else guard.refusal(head, connection)
        body = wire.body_of(head, stream, lambda: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        response = wire.Response(connection, head, SERVER)
        environment: dict[str, Any] = gate.way() if gate else {}
        lane = None if environment else self._lane  # what is special is not for the lane
        reply = refused or (lane and lane.answer(head, body, environment)) or front.answer(head, body, peer)
        if reply:
            response.start(reply.status, reply.headers)
            response.send([reply.body])
            return response.keep_alive and not self._stopping.is_set() and _skip(body)
        head.headers = internal.without_forged(head.headers)
        environment = _environment(head, body, peer, connection) | environment
        content = self._application(environment, cast("Any", response.start))
        try:
            response.send(content)
        finally:
            if close := getattr(content, "close", None):
                close()
        return response.keep_alive and not self._stopping.is_set() and _skip(body)


def _admit(gate: Gate, head: wire.Head, connection: socket.socket, stream: BinaryIO) -> Reply | None:
    """Ask the gate; what it holds is kept until the client gives up.

    Raises:
        Held: it was kept.
        Taken: it was served by somebody else.
    """
    try:
        return gate.admit(head)
    except Held:
        hold(connection)
        raise
    except Taken as taken:
        taken.serve(connection, stream)
        raise


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if config.is_ipv6_address(host) else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        raise DockerlessError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error
    listener.listen(BACKLOG)
    return listener


def _skip(body: BinaryIO) -> bool:
    """Read what the application left of a body, for the next request stands behind it."""
    if isinstance(body, io.BytesIO):
        return True
    return not body.closed and len(body.read(LEFT_LIMIT)) < LEFT_LIMIT


def _environment(head: wire.Head, body: BinaryIO, peer: tuple[str, int], connection: socket.socket) -> dict[str, Any]:
    """The request as WSGI describes it, with what rolo wants to know on top."""
    raw = wire.path_and_query(head.target)
    path, _, query = raw.partition("?")
    host, port = connection.getsockname()[:2]
    environment: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": raw,
        "RAW_URI": raw,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": head.version,
        "REMOTE_ADDR": peer[0],
        "REMOTE_PORT": str(peer[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "rolo.headers": head.headers,
    }
    for name, value in head.headers:
        _add_header(environment, name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1"))
    return environment


def _add_header(environment: dict[str, Any], name: str, value: str) -> None:
    key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
    environment[key] = f"{environment[key]},{value}" if key in environment else value
