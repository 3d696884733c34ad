"""The loop that takes connections outlives what goes wrong with one."""

from __future__ import annotations

import errno
import json
import resource
import socket
import threading

import psutil
import pytest
from localstack_dockerless.server.serving import ThreadingServer


class FailsOnce:
    """A listener whose first connection cannot be taken, and whose second is the last."""

    def __init__(self, listener, error, stop):
        self._listener, self._errors, self._stop = listener, [error], stop

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def accept(self):
        if self._errors:
            raise self._errors.pop()
        self._stop()
        return self._listener.accept()


@pytest.mark.parametrize(
    "error", [OSError(errno.EMFILE, "Too many open files"), ConnectionAbortedError(), RuntimeError("no thread")]
)
def test_a_connection_that_cannot_be_taken_does_not_end_the_loop(monkeypatch, error):
    one, served = ThreadingServer(), threading.Event()

    def serve(connection, _peer):
        connection.close()
        served.set()

    monkeypatch.setattr(one, "_serve", serve)
    listener = socket.create_server(("127.0.0.1", 0))
    with socket.create_connection(listener.getsockname()):
        one._accept(FailsOnce(listener, error, one._stopping.set))
        assert served.wait(10)


def test_the_server_may_open_as_many_files_as_the_machine_allows(another_server):
    one = another_server()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    one.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most // 2, most)))
    pid = json.loads(one.command("status", "--json").stdout)["pid"]
    assert psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE) == (most, most)
