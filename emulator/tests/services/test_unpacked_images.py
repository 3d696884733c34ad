"""Images on their way to the disk hold up neither other images nor a reset."""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from localstack_dockerless.services.container_images import unpacked
from localstack_dockerless.services.ecr.blobs import Place

PLACE = Place("123456789012", "us-east-1", "app")
LONG, SHORT = "sha256:long", "sha256:short"


@pytest.fixture
def long(tmp_path, monkeypatch):
    """Told to begin and to end: the unpacking of an image that takes its time."""
    begun, ended = threading.Event(), threading.Event()

    def unpack(_place, digest, directory):
        if digest == LONG:
            begun.set()
            assert ended.wait(60)
        directory.mkdir(parents=True)

    monkeypatch.setattr(unpacked, "_unpack", unpack)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(unpacked.hold, PLACE.account, PLACE, LONG, "f")
        assert begun.wait(60)
        yield held, ended
        ended.set()
    unpacked.forget(None)


def test_other_images_do_not_wait(long):
    held, ended = long
    unpacked.hold(PLACE.account, PLACE, SHORT, "g")
    assert unpacked.give_back(PLACE.account, SHORT, "g")
    assert not held.done()
    ended.set()
    assert held.exception() is None
    assert unpacked.home(PLACE.account, LONG).exists()


def test_a_reset_does_not_wait_and_nothing_is_left(long):
    held, ended = long
    unpacked.forget(PLACE.account)
    ended.set()
    assert isinstance(held.exception(), unpacked.Deleted)
    assert not unpacked.home(PLACE.account, LONG).exists()


def test_an_image_that_cannot_be_unpacked_is_held_by_nobody(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(unpacked, "_manifest", lambda _place, _digest: {"config": {}})
    with pytest.raises(unpacked.InvalidImage, match="'digest'"):
        unpacked.hold(PLACE.account, PLACE, SHORT, "f")
    assert unpacked.give_back(PLACE.account, SHORT, "f")
    assert not list(unpacked.home(PLACE.account).iterdir())
