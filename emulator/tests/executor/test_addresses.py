from __future__ import annotations

import errno

from localstack_dockerless.executor import addresses


def test_the_runtime_api_is_at_port_9001_of_a_loopback_address():
    with addresses.listen() as listener:
        host, port = listener.getsockname()
    assert host.startswith("127.")
    assert port == 9001


def test_an_address_that_is_taken_is_not_used_again(monkeypatch):
    numbers = iter([1, 2, 3, 1, 2, 3, 1, 2, 4])
    monkeypatch.setattr(addresses.random, "randint", lambda *_: next(numbers))
    with addresses.listen() as one, addresses.listen() as other:
        assert [one.getsockname()[0], other.getsockname()[0]] == ["127.1.2.3", "127.1.2.4"]


def test_a_system_with_one_loopback_address_gets_a_free_port_of_it(monkeypatch):
    bind = addresses.bound

    def only_one(address, port):
        if address != "127.0.0.1":
            raise OSError(errno.EADDRNOTAVAIL, "Can't assign requested address")
        return bind(address, port)

    monkeypatch.setattr(addresses, "bound", only_one)
    with addresses.listen() as listener:
        host, port = listener.getsockname()
    assert host == "127.0.0.1"
    assert port not in (0, 9001)
