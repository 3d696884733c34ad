"""What an environment is connected to when something fails."""

from __future__ import annotations

import errno
import os

import pytest
from localstack_dockerless.executor import network


def test_an_environment_without_a_network_of_its_own_gets_no_wider_one(monkeypatch):
    """It would reach the machine's ports, the internet and other environments, on a machine where none can."""

    def fails(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(network.network, "make", fails)
    with pytest.raises(OSError, match="No space left"):
        network.connect()


def test_where_there_are_no_networks_of_their_own_environments_share_the_machine_s(monkeypatch):
    def unusable(*_):
        raise network.network.Unusable("this system has no network namespaces")

    monkeypatch.setattr(network.network, "make", unusable)
    connected = network.connect()
    assert connected.namespace is None
    connected.close()
