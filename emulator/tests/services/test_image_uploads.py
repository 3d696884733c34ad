"""Uploads of layers: bounded together, given up where something is lost, and never an error that is not the registry's."""

from __future__ import annotations

import io

import pytest
from containers import Registry, credentials
from localstack.aws.api import CommonServiceException
from localstack_dockerless.images import oci
from localstack_dockerless.services.ecr import blobs
from localstack_dockerless.services.ecr.blobs import MIB, Place

PLACE = Place("123456789012", "us-east-1", "app")


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLESS_DATA", str(tmp_path))
    monkeypatch.setattr(blobs, "_uploads", {})
    return tmp_path


class Meanwhile(io.BytesIO):
    """What a client sends while something happens."""

    def __init__(self, size, happens):
        super().__init__(bytes(size))
        self.happens = happens

    def read(self, size=-1):
        part = super().read(size)
        if self.happens and self.tell() > 4 * MIB:
            happens, self.happens = self.happens, None
            happens()
        return part


def test_two_uploads_at_once_get_no_more_room_than_there_is(monkeypatch):
    most = 60 * MIB
    monkeypatch.setattr(blobs, "MOST", most)
    one, other = blobs.begin(PLACE), blobs.begin(PLACE)
    with pytest.raises(CommonServiceException, match="all repositories together"):
        one.add(Meanwhile(40 * MIB, lambda: other.add(io.BytesIO(bytes(most - 5 * MIB)))))
    assert blobs.kept() <= most + 16 * MIB


def test_an_upload_that_was_given_up_does_not_go_on():
    upload = blobs.begin(PLACE)
    with pytest.raises(CommonServiceException, match="does not exist in the repository"):
        upload.add(Meanwhile(40 * MIB, lambda: blobs.cancel(upload)))


def test_uploads_that_nobody_ends_give_way_to_new_ones(monkeypatch):
    monkeypatch.setattr(blobs, "MOST_UPLOADS", 2)
    first, second, third = (blobs.begin(PLACE) for _ in range(3))
    assert [upload.path.exists() for upload in (first, second, third)] == [False, True, True]
    assert blobs.upload_of(PLACE, third.identifier) is third
    with pytest.raises(CommonServiceException, match="does not exist"):
        blobs.upload_of(PLACE, first.identifier)


def test_what_a_full_disk_did_not_take_is_not_kept(directory):
    """Its digest is known from what was sent, not from what has been written."""
    upload = blobs.begin(PLACE)
    upload.path = directory / "full"
    upload.path.symlink_to("/dev/full")
    with pytest.raises(CommonServiceException, match="The disk of this machine is full"):
        upload.add(io.BytesIO(b"layer"))
    with pytest.raises(CommonServiceException, match="does not exist"):
        blobs.upload_of(PLACE, upload.identifier)


@pytest.fixture(scope="module")
def repository(server):
    ecr = server.client("ecr")
    ecr.create_repository(repositoryName="strange-requests")
    yield Registry(server, credentials(ecr))
    ecr.delete_repository(repositoryName="strange-requests", force=True)


def test_a_range_of_any_length_is_out_of_order(repository):
    place = repository.ask("POST", "/v2/strange-requests/blobs/uploads/", b"").headers["Location"]
    answer = repository.ask("PATCH", place, b"x", Content_Range=f"{'9' * 5000}-1")
    assert (answer.status, answer.code) == (416, "BLOB_UPLOAD_INVALID")


INDEX = oci.encoded({"mediaType": oci.INDEX, "manifests": []}).decode()


@pytest.mark.parametrize("manifest", [INDEX.encode("utf-16"), b'{"manifests": [], "a": "\xed\xa0\x80"}', b"\xff"])
def test_a_manifest_is_text(repository, manifest):
    answer = repository.ask("PUT", "/v2/strange-requests/manifests/v1", manifest, Content_Type=oci.INDEX)
    assert (answer.status, answer.code) == (400, "MANIFEST_INVALID")
