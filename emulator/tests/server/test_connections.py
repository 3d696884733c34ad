"""Which connection goes when there are too many."""

from __future__ import annotations

import socket

import pytest
from localstack_dockerless.server.connections import Connections


@pytest.fixture
def pairs():
    made = [socket.socketpair() for _ in range(3)]
    yield made
    for pair in made:
        for end in pair:
            end.close()


def is_open(client):
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


def test_the_one_that_has_waited_longest_goes_and_one_at_work_never(pairs):
    connections = Connections(most=2)
    for server, _ in pairs:
        connections.add(server)
        connections.waits(server)
    connections.works(pairs[0][0])
    connections.make_room()
    assert [is_open(client) for _, client in pairs] == [True, False, True]
    connections.make_room()
    assert [is_open(client) for _, client in pairs] == [True, False, True]
    connections.make_room(at_any_rate=True)
    assert [is_open(client) for _, client in pairs] == [True, False, False]
    connections.make_room(at_any_rate=True)
    assert is_open(pairs[0][1])
