"""The files of images that functions are made from: one directory for each image of an account, as long as it is used.

Lambda, too, makes a copy of its own: a function goes on when its image is deleted from ECR.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from localstack_dockerless.images.unpack import InvalidImage, Layer, unpack
from localstack_dockerless.services.ecr import blobs
from localstack_dockerless.services.ecr.blobs import Place

LARGEST_CONFIG = 4 * 1024 * 1024
"""Bytes; it is read into memory, and any blob could be meant."""
_lock = threading.RLock()
_users: dict[Path, set[str]] = {}
_turns: dict[Path, threading.Lock] = {}
"""Who unpacks an image has others wait for that one alone, and a reset not at all."""


class Deleted(Exception):  # noqa: N818 - Lambda's name for it
    """The image is not in its repository any more."""


def home(account: str = "", digest: str = "") -> Path:
    """Where an image is, or all those of an account."""
    return Path(tempfile.gettempdir(), "images", account, digest.removeprefix("sha256:"))


def root(account: str, digest: str) -> Path:
    """Where an image's files are."""
    return home(account, digest) / "root"


def config(account: str, digest: str) -> dict[str, Any]:
    """Return an image's configuration; it has been unpacked."""
    found: dict[str, Any] = json.loads((home(account, digest) / "config.json").read_bytes())
    return found


def hold(account: str, place: Place, digest: str, user: str) -> None:
    """Have the files of an image there until nobody holds it.

    Args:
        account: whose function it is for.
        place: the image's repository.
        digest: the image.
        user: who holds it.

    Raises:
        InvalidImage: it cannot be unpacked.
        Deleted: it is gone.
    """
    directory = home(account, digest)
    with _lock:
        _users.setdefault(directory, set()).add(user)
        turn = _turns.setdefault(directory, threading.Lock())
    try:
        with turn:
            if not directory.exists():
                _unpack(place, digest, directory)
        _confirm(directory, user)
    except BaseException:
        give_back(account, digest, user)
        raise


def _confirm(directory: Path, user: str) -> None:
    with _lock:
        users = _users.get(directory, set())
        if not users:
            shutil.rmtree(directory, ignore_errors=True)
        if user not in users:  # everything has been forgotten meanwhile
            raise Deleted


def give_back(account: str, digest: str, user: str) -> bool:
    """Hold an image no longer; whether nobody holds it now."""
    directory = home(account, digest)
    with _lock:
        users = _users.get(directory, set())
        users.discard(user)
        if not users:
            _users.pop(directory, None)
            _turns.pop(directory, None)
        return not users


def remove(account: str = "", digest: str = "") -> None:
    """Remove an image's files unless somebody holds them again, or all those of an account."""
    directory = home(account, digest)
    with _lock:
        if directory not in _users or not digest:
            shutil.rmtree(directory, ignore_errors=True)


def forget(account: str | None) -> None:
    """Remove the images of one account, or all."""
    with _lock:
        for directory in [held for held in _users if held.is_relative_to(home(account or ""))]:
            del _users[directory]
        remove(account or "")


def _unpack(place: Place, digest: str, directory: Path) -> None:
    """Unpack aside, so that what is there is whole."""
    manifest = _manifest(place, digest)
    directory.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=directory.parent))
    try:
        aside.chmod(0o755)
        file = _blob(place, manifest["config"])
        content = file.read_bytes() if file.stat().st_size <= LARGEST_CONFIG else b""
        (aside / "config.json").write_bytes(content)
        unpack(_layers(place, manifest, _parsed(content)), aside / "root")
        aside.rename(directory)
    except (KeyError, OSError, RecursionError, TypeError, ValueError) as error:
        raise InvalidImage(f"The image's configuration or manifest is not valid ({error!r})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _parsed(content: bytes) -> dict[str, Any]:
    """Refuse null characters and halves of characters, which no command line, path or variable can have."""
    found = json.loads(content.decode())
    text = json.dumps(found, ensure_ascii=False)
    if "\\u0000" in text or not isinstance(found, dict):
        raise InvalidImage("The image's configuration is not valid")
    text.encode()
    return found


def _manifest(place: Place, digest: str) -> dict[str, Any]:
    from localstack_dockerless.services.ecr import manifests  # moto's, which functions without images do without

    with manifests.LOCK:
        image = manifests.find_if_any(place, digest=digest)
    if image is None:
        raise Deleted
    found: dict[str, Any] = json.loads(image.image_manifest)
    return found


def _layers(place: Place, manifest: dict[str, Any], config: dict[str, Any]) -> list[Layer]:
    named, diff_ids = manifest["layers"], config["rootfs"]["diff_ids"]
    return [
        Layer(layer["digest"], _blob(place, layer), diff_id) for layer, diff_id in zip(named, diff_ids, strict=True)
    ]


def _blob(place: Place, part: dict[str, Any]) -> Path:
    file = blobs.find(place, part["digest"])
    if file is None:
        raise Deleted
    return file
