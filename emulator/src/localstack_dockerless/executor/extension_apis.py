"""What listens beside the Runtime API, at the same address: the Extensions API and the Telemetry API."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

from localstack_dockerless.executor import extensions, subscription
from localstack_dockerless.executor.extensions import Extensions, Refused
from localstack_dockerless.executor.http import Connection, Request, answer
from localstack_dockerless.executor.telemetry import Telemetry

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
        return extensions.BODY_LIMIT if self._is_own(sock) else 0

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
        if request.path.startswith(extensions.PREFIX):
            if request.path.endswith("/register") and not self._is_own(connection.sock):
                raise ConnectionRefusedError
            self._extensions.route(connection, request)
        elif request.method == "PUT" and request.path in subscription.PATHS:
            connection.send(self._subscribe(request))
        elif request.method == "PUT" and request.path in subscription.LOGS_PATHS:
            connection.send(answer("202 Accepted", json.dumps(_LOGS_API).encode()))
        else:
            return False
        return True

    def _subscribe(self, request: Request) -> bytes:
        try:
            name = self._extensions.by_identifier(request).name
            if not self._telemetry.is_open:
                raise Refused("Telemetry.SubscriptionClosed", "Telemetry API subscription is closed")
            wanted = subscription.parse(bytes(request.body))
        except Refused as refused:
            return refused.answer
        except subscription.Invalid as error:
            return extensions.refusal("400 Bad Request", "ValidationError", str(error))
        self._telemetry.subscribe(name, wanted)
        self._subscribed(name, wanted.types)
        return answer("200 OK", b'"OK"')
