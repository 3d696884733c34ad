"""What listens beside the Runtime API, at the same address: the Extensions API and the Telemetry API.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

from localstack_dockerless.executor import subscription
from localstack_dockerless.executor.extensions import Extension, Extensions, Refused, State, refusal
from localstack_dockerless.executor.http import Connection, Request, answer
from localstack_dockerless.executor.telemetry import Telemetry

PREFIX = "/2020-01-01/extension/"
BODY_LIMIT = 65536
"""Bytes of a request that are looked at."""

_ERROR_TYPE = "Lambda-Extension-Function-Error-Type"
_OK = answer("202 Accepted", b'{"status":"OK"}\n')
_NOT_FOUND = answer("404 Not Found", b"404 page not found\n", content_type="text/plain")
_LOGS_API = {"errorMessage": "Logs API is not supported", "errorType": "Logs.NotSupported"}


class ExtensionApis:
    """Answers extensions.

    Args:
        known: The environment's extensions.
        telemetry: What they can subscribe to.
        is_own: Whether a connection comes from the environment's own processes.
        subscribed: Called with the name and the types of who did.
    """

    def __init__(
        self,
        known: Extensions,
        telemetry: Telemetry,
        is_own: Callable[[socket.socket], bool],
        subscribed: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        self._extensions = known
        self._telemetry = telemetry
        self._is_own = is_own
        self._subscribed = subscribed

    def kept(self, sock: socket.socket) -> int:
        """How many bytes of a request's body are worth keeping."""
        return BODY_LIMIT if self._is_own(sock) else 0

    def hung_up(self, connection: Connection) -> None:
        """A connection is gone."""
        self._extensions.hung_up(connection)

    def route(self, connection: Connection, request: Request) -> bool:
        """Answers a request, or sees to it that it is answered later.

        Returns:
            Whether the path is one of theirs.

        Raises:
            ConnectionError: A stranger wants to register.
        """
        if request.path.startswith(PREFIX):
            if request.path.endswith("/register") and not self._is_own(connection.sock):
                raise ConnectionRefusedError
            self._extension(connection, request)
        elif request.method == "PUT" and request.path in subscription.PATHS:
            connection.send(self._subscribe(request))
        elif request.method == "PUT" and request.path in subscription.LOGS_PATHS:
            connection.send(answer("202 Accepted", json.dumps(_LOGS_API).encode()))
        else:
            return False
        return True

    def _extension(self, connection: Connection, request: Request) -> None:
        try:
            match request.method, request.path.removeprefix(PREFIX):
                case "POST", "register":
                    connection.send(self._register(request))
                case "GET", "event/next":
                    self._extensions.wait(self._sender(request), connection)
                case "POST", "init/error":
                    connection.send(self._error(request, State.INIT_ERROR))
                case "POST", "exit/error":
                    connection.send(self._error(request, State.EXIT_ERROR))
                case _:
                    connection.send(_NOT_FOUND)
        except Refused as refused:
            connection.send(refused.answer)

    def _sender(self, request: Request) -> Extension:
        return self._extensions.by_identifier(request.headers.get("lambda-extension-identifier", ""))

    def _register(self, request: Request) -> bytes:
        name = request.headers.get("lambda-extension-name", "")
        if not name:
            raise Refused("Extension.InvalidExtensionName", "Empty extension name")
        registered = self._extensions.register(name, _events(request))
        headers = f"Lambda-Extension-Identifier: {registered.identifier}\r\n"
        return answer("200 OK", json.dumps(self._told(request)).encode(), headers)

    def _told(self, request: Request) -> dict[str, str]:
        function = self._extensions.function
        told = {
            "functionName": function.name,
            "functionVersion": function.version,
            "handler": function.handler,
        }
        features = request.headers.get("lambda-extension-accept-feature", "").split(",")
        return told | ({"accountId": function.account} if "accountId" in map(str.strip, features) else {})

    def _error(self, request: Request, state: State) -> bytes:
        one = self._sender(request)
        error_type = request.headers.get(_ERROR_TYPE.lower(), "")
        if not error_type:
            raise Refused("Extension.MissingHeader", f"{_ERROR_TYPE} not found")
        self._extensions.fail(one, state, error_type)
        return _OK

    def _subscribe(self, request: Request) -> bytes:
        try:
            name = self._sender(request).name
            if not self._telemetry.is_open:
                raise Refused("Telemetry.SubscriptionClosed", "Telemetry API subscription is closed")
            wanted = subscription.parse(bytes(request.body))
        except Refused as refused:
            return refused.answer
        except subscription.Invalid as error:
            return refusal("400 Bad Request", "ValidationError", str(error))
        self._telemetry.subscribe(name, wanted)
        self._subscribed(name, wanted.types)
        return answer("200 OK", b'"OK"')


def _events(request: Request) -> list[str]:
    try:
        events = json.loads(request.body or b"{}").get("events") or []
    except (ValueError, AttributeError, RecursionError) as error:
        raise Refused("InvalidRequestFormat", str(error)) from None
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise Refused("InvalidRequestFormat", "events: a list of strings is expected")
    return events
