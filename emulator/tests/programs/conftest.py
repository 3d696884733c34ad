"""The programs, and a proxy in the place of the outside world that notes who wants to go there."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest
from public import Programs
from public import programs as made
from servers import Server


class Outside(socketserver.ThreadingTCPServer):
    """Accepts, notes the request's first line, and hangs up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), None)  # type: ignore[arg-type]  # finish_request asks for no handler
        self.asked: list[bytes] = []

    def finish_request(self, request: object, client_address: object) -> None:
        self.asked.append(request.makefile("rb").readline())  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def outside() -> Iterator[str]:
    """The address of a proxy; no program may have asked it for anything."""
    with Outside() as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield "http://{}:{}".format(*proxy.server_address)
        proxy.shutdown()
    assert proxy.asked == [], "a program wanted to reach another host"


@pytest.fixture(scope="session")
def programs(server: Server, outside: str, tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return made(tmp_path_factory.mktemp("programs"), server.endpoint, outside)
