"""Turns the layers of an image into a directory, and lets nothing of them reach out of it.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from localstack_dockerless.images.tree import TooManyLinks, inside

LARGEST = 10 * 1024**3
"""Bytes of an image without compression. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
MOST_FILES = 1_000_000
_HEADER = 1024 * 1024
"""Bytes of a long name or other additions to a file's header."""
_CHUNK = 1024 * 1024
_GONE, _EMPTIED = ".wh.", ".wh..wh..opq"
"""What begins the name of a file that removes another, and what removes everything that lower layers have in a directory."""
_DEFECTS = (
    # What Python's reader answers an archive that is none, or breaks off, with.
    *(OSError, EOFError, ValueError, ArithmeticError, LookupError, RecursionError, tarfile.TarError, zlib.error),
    TooManyLinks,
)
_PLACES = ("dev", "etc", "mnt", "opt", "proc", "sys", "tmp", "var", "var/lang", "var/rapid", "var/runtime", "var/task")
_FILES = ("group", "hosts", "ld.so.preload", "nsswitch.conf", "passwd", "resolv.conf")
"""In /etc."""


class InvalidImage(Exception):  # noqa: N818 - Lambda's name for it
    """An image that cannot be unpacked; the message says why, in Lambda's words where they are known."""


@dataclass(frozen=True)
class Layer:
    """One layer.

    Args:
        digest: of the file.
        file: where it is.
        diff_id: the digest of its content without compression.
    """

    digest: str
    file: Path
    diff_id: str


def unpack(layers: Iterable[Layer], root: Path, largest: int = LARGEST) -> None:
    """Unpack layers over each other.

    Args:
        layers: from the lowest one up.
        root: an absent directory, made here; what is there after an error is of no use.
        largest: bytes that they may have together.

    Raises:
        InvalidImage: they are damaged, too large, or no layers.
    """
    root.mkdir(parents=True)
    root.chmod(0o755)
    left, files = largest, 0
    for layer in layers:
        try:
            one = _Unpacking(root, left, MOST_FILES - files)
            one.run(layer)
        except _DEFECTS as error:
            raise InvalidImage(
                f"ImageLayerFailure: UnsupportedImageLayerDetected - Layer Digest {layer.digest} ({error})"
            ) from error
        left, files = one.left, files + one.files
    _make_places(root)


def _make_places(root: Path) -> None:
    """Make what is mounted over; a link there could lead the mount elsewhere."""
    for name in _PLACES:
        place = root / name
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise InvalidImage(f"/{name} of the image has to be a directory")
        if not place.exists():
            place.mkdir()
            place.chmod(0o755)
    for name in _FILES:
        place = root / "etc" / name
        if place.is_symlink() or not place.is_file():
            shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink(missing_ok=True)
            place.touch()
            place.chmod(0o644)


class _Header(tarfile.TarInfo):
    """Refuses what `tarfile` would read into memory whatever its size, and files that are larger than what there is of them."""

    def _proc_pax(self, tar: Any) -> Any:
        return self._bounded(super()._proc_pax, tar)  # type: ignore[misc]

    def _proc_gnulong(self, tar: Any) -> Any:
        return self._bounded(super()._proc_gnulong, tar)  # type: ignore[misc]

    def _bounded(self, read: Any, tar: Any) -> Any:
        """What holds for all files (a global header) is kept, so that all of these count together."""
        if self.type == tarfile.XGLTYPE:
            tar.kept = getattr(tar, "kept", 0) + self.size
        if max(self.size, getattr(tar, "kept", 0)) > _HEADER:
            raise ValueError("a header is too long")
        return read(tar)

    def _refuse(self, *_arguments: Any) -> Any:
        raise ValueError("it has sparse files")

    _proc_sparse = _proc_gnusparse_00 = _proc_gnusparse_01 = _proc_gnusparse_10 = _refuse


class _Content:
    """A layer without compression, with its digest and its bounds."""

    def __init__(self, raw: IO[bytes], left: int) -> None:
        self._raw, self._hash, self.left = raw, hashlib.sha256(), left

    def read(self, size: int = -1) -> bytes:
        part = self._raw.read(_CHUNK if size < 0 else size)
        self._hash.update(part)
        self.left -= len(part)
        if self.left < 0:
            raise InvalidImage(
                "UncompressedImageSizeLimitExceeded - Uncompressed container image size exceeds 10 GiB limit"
            )
        return part

    def digest(self) -> str:
        while self.read(_CHUNK):
            pass
        return f"sha256:{self._hash.hexdigest()}"


class _Unpacking:
    """One layer on its way into the directory."""

    def __init__(self, root: Path, left: int, most_files: int) -> None:
        self._root, self.left, self._most_files = root, left, most_files
        self._made: set[Path] = set()
        self._emptied: set[Path] = set()
        self.files = 0

    def run(self, layer: Layer) -> None:
        with ExitStack() as opened:
            raw: IO[bytes] = opened.enter_context(layer.file.open("rb"))
            if raw.peek(2).startswith(b"\x1f\x8b"):  # type: ignore[attr-defined]
                raw = cast("IO[bytes]", opened.enter_context(gzip.open(raw)))
            content = _Content(raw, self.left)
            tar = opened.enter_context(tarfile.open(fileobj=content, mode="r|", tarinfo=_Header))  # type: ignore[call-overload]
            for member in tar:
                self._take(tar, member)
                tar.members = []  # type: ignore[attr-defined] # a million of them would stay in memory
            if content.digest() != layer.diff_id:
                raise ValueError("its content is not what the image's configuration says")
            self.left = content.left

    def _take(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        parts = [part for part in member.name.split("/") if part not in ("", ".")]
        self.files += 1
        if ".." in parts or self.files > self._most_files:
            raise ValueError(f"{member.name!r} leads out of the image" if ".." in parts else "it has too many files")
        if not parts:
            return
        folder, name = inside(self._root, "/".join(parts[:-1]), make=True), parts[-1]
        if name == _EMPTIED:
            self._empty(folder)
        elif name.startswith(_GONE):
            self._whiteout(folder, name.removeprefix(_GONE))
        else:
            self._put(tar, member, folder / name)

    def _empty(self, folder: Path) -> None:
        """Remove what lower layers have there, however deep, once: what comes later is this layer's."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            entries = list(here.iterdir()) if here not in self._emptied else []
            self._emptied.add(here)
            for entry in entries:
                if entry not in self._made:
                    _remove(entry)
                elif entry.is_dir() and not entry.is_symlink():
                    waiting.append(entry)

    @staticmethod
    def _whiteout(folder: Path, name: str) -> None:
        if name in ("", ".", ".."):
            raise ValueError("a file that removes nothing that has a name")
        _remove(folder / name)

    def _put(self, tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
        if member.isdir():
            self._put_folder(member, place)
        elif member.issym():
            _remove(place)
            place.symlink_to(member.linkname)
        elif member.islnk():
            self._put_link(member, place)
        elif member.isreg():
            self._put_file(tar, member, place)
        # Devices and pipes are left out: the sandbox has its own.
        while place not in self._made and place != self._root:
            self._made.add(place)
            place = place.parent

    @staticmethod
    def _put_folder(member: tarfile.TarInfo, place: Path) -> None:
        if place.is_symlink() or not place.is_dir():
            _remove(place)
            place.mkdir()
        place.chmod(member.mode & 0o1777 | 0o700)

    def _put_link(self, member: tarfile.TarInfo, place: Path) -> None:
        folder, _, name = member.linkname.rpartition("/")
        source = inside(self._root, folder) / name
        if name in ("", ".", "..") or not (source.is_symlink() or source.is_file()):
            raise ValueError(f"{member.linkname!r}, which {member.name!r} is to be, is no file of the image")
        if source != place:
            _remove(place)
            os.link(source, place, follow_symlinks=False)

    @staticmethod
    def _put_file(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
        _remove(place)
        content = tar.extractfile(member)
        with place.open("xb") as file:
            if content:
                shutil.copyfileobj(content, file, _CHUNK)
        place.chmod(member.mode & 0o777)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
