"""Layers and configurations of images: files below the server's data directory, by digest, for each repository.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from localstack.aws.api import CommonServiceException

from localstack_dockerless.services import disk

DIGEST = re.compile("sha256:[a-f0-9]{64}")
MIB = 1024 * 1024
LARGEST = 10 * 1024 * MIB
"""Bytes of a layer."""
MOST = 20 * 1024 * MIB
"""Bytes of everything that one server keeps."""
MOST_UPLOADS = 1000
"""Uploads at a time; one more, and the oldest is given up."""
_CHUNK = MIB
_LOOK = 16 * MIB
"""Bytes after which an upload is told how much room there still is, for it is not the only one."""


class Place(NamedTuple):
    """A repository."""

    account: str
    region: str
    repository: str


@dataclass
class Upload:
    """A layer that is being sent.

    Args:
        place: the repository it is for.
        path: what has come so far.
    """

    place: Place
    path: Path
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    size: int = 0
    parts: list[int] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, content: IO[bytes]) -> None:
        """Append what can be read.

        Raises:
            CommonServiceException: it would be more than a server keeps, or the upload has been given up meanwhile.
        """
        room = self._room()
        with self.path.open("ab", buffering=0) as file:
            while part := content.read(_CHUNK):
                room = room if room >= len(part) else self._room()
                room -= len(part)
                if room < 0:
                    cancel(self)
                    raise CommonServiceException(
                        "LimitExceededException",
                        f"A layer may have up to {LARGEST} bytes, and all repositories together {MOST}.",
                        sender_fault=True,
                    )
                self._write(file, part)

    def _room(self) -> int:
        """Return how many bytes may come until the next look."""
        upload_of(self.place, self.identifier)
        return min(LARGEST - self.size, MOST - kept(), _LOOK)

    def _write(self, file: IO[bytes], part: bytes) -> None:
        """Write all of it; an upload of which a part is lost is of no use any more."""
        rest = part
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as error:
            cancel(self)
            disk.refuse_if_full(error)
            raise
        self._hash.update(part)
        self.size += len(part)

    @property
    def digest(self) -> str:
        """Of what has come so far."""
        return f"sha256:{self._hash.hexdigest()}"


_uploads: dict[str, Upload] = {}


def home(account: str = "", region: str = "", repository: str = "") -> Path:
    """Where a repository's blobs are, or all those of a region, of an account or of the server."""
    return Path(os.environ["DOCKERLESS_DATA"], "ecr", account, region, quote(repository, safe=""))


def kept() -> int:
    """Return how many bytes are kept; two repositories share a blob that was mounted, which counts once."""
    files = {(stat.st_ino, stat.st_size) for file in home().rglob("*") if (stat := _stat(file))}
    return sum(size for _, size in files)


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat() if file.is_file() else None
    except OSError:  # it is gone meanwhile
        return None


def find(place: Place, digest: str) -> Path | None:
    """Return the file of a blob, or None."""
    file = home(*place) / digest.removeprefix("sha256:")
    return file if DIGEST.fullmatch(digest) and file.is_file() else None


def begin(place: Place) -> Upload:
    """Begin to take a blob."""
    while len(_uploads) >= MOST_UPLOADS:
        cancel(next(iter(_uploads.values())))
    directory = home(*place)
    directory.mkdir(parents=True, exist_ok=True)
    upload = Upload(place, directory / f"upload-{uuid.uuid4()}")
    upload.path.touch()
    _uploads[upload.identifier] = upload
    return upload


def upload_of(place: Place, identifier: str) -> Upload:
    """Return an upload.

    Raises:
        CommonServiceException: there is none.
    """
    upload = _uploads.get(identifier)
    if not upload or upload.place != place:
        raise CommonServiceException(
            "UploadNotFoundException",
            f"The upload with upload id '{identifier}' does not exist in the repository with name '{place.repository}' "
            f"in the registry with id '{place.account}'",
            sender_fault=True,
        )
    return upload


def finish(upload: Upload, digest: str) -> None:
    """Keep what was sent.

    Raises:
        CommonServiceException: it is not what its digest says; it may be sent again.
    """
    actual = upload.digest
    if digest != actual:
        cancel(upload)
        raise CommonServiceException(
            "InvalidLayerException",
            f"Layer digest '{digest}' does not match the digest of the uploaded layer: '{actual}'",
            sender_fault=True,
        )
    upload.path.replace(home(*upload.place) / digest.removeprefix("sha256:"))
    _uploads.pop(upload.identifier, None)


def cancel(upload: Upload) -> None:
    """Forget an upload."""
    _uploads.pop(upload.identifier, None)
    upload.path.unlink(missing_ok=True)


def mount(place: Place, source: Place, digest: str) -> bool:
    """Let a repository have a blob of another one; whether there is such a blob."""
    file = find(source, digest)
    if not file:
        return False
    home(*place).mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.link(file, home(*place) / file.name)
    return True


def forget(account: str | None = None, region: str = "", repository: str = "") -> None:
    """Remove the blobs of a repository, of an account, or all, and what is being sent."""
    for upload in list(_uploads.values()):
        of = upload.place
        if account in (None, of.account) and region in ("", of.region) and repository in ("", of.repository):
            _uploads.pop(upload.identifier, None)
    shutil.rmtree(home(account or "", region, repository), ignore_errors=True)
