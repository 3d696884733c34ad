"""The index of services is built once, for all servers of an installation."""

from __future__ import annotations

import pytest
from localstack_dockerless.server import catalog


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "SHARED", tmp_path / "shared")
    return tmp_path / "shared"


@pytest.fixture
def finished(tmp_path):
    """A server's directory and its index, after begin()."""

    def begin():
        one = catalog.Catalog(tmp_path, {})
        one.begin()
        assert one.finished()
        return one._own

    return begin


def test_a_server_takes_the_index_of_the_installation(shared, finished):
    shared.mkdir()
    (shared / catalog._name()).write_bytes(b"index")
    assert finished().read_bytes() == b"index"


def test_an_index_that_cannot_be_built_keeps_no_server_from_starting(shared, tmp_path):
    one = catalog.Catalog(tmp_path, {"PYTHONHOME": "/nowhere"})
    one.begin()
    one.wait()
    assert one.finished()
    assert not shared.exists()


def test_the_index_is_built_and_shared(shared):
    catalog.install()
    (built,) = shared.iterdir()
    assert built.stat().st_size > 100_000


def test_building_can_be_abandoned(shared, tmp_path):
    one = catalog.Catalog(tmp_path, {})
    one.begin()
    one.abandon()
    assert not shared.exists()
