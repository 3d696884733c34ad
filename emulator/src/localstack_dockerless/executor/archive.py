"""Deployment packages and layers: ZIP files by anybody, looked at before they are kept, and unpacked where they belong.

Nothing in an archive is believed: not the sizes (the content is counted), not the names (nothing lies outside the
directory, or behind a link), not the kinds of files. Memory is bounded by the number of entries, never by their content.
Formats: https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
"""

from __future__ import annotations

import io
import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

MOST_ENTRIES: Final = 65_535
"""What the format holds without its 64-bit extension."""

LONGEST_NAME: Final = 2_048  # bytes
LONGEST_PART: Final = 255  # bytes, as file systems have it
_ENTRY: Final = b"PK\x01\x02"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 1
_UNIX: Final = 3
_PART: Final = 256 * 1024  # bytes that are unpacked at a time
_KINDS: Final = (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
_DEFECTS: Final = (
    # What Python's reader answers a file that is no archive, or breaks off, with.
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error, EOFError, OSError),
    *(zlib.error, lzma.LZMAError, OverflowError, LookupError),
)


class ArchiveError(Exception):
    """It cannot be unpacked, or not safely."""


class TooLargeError(ArchiveError):
    """It unpacks to more than it may."""


class EmptyError(ArchiveError):
    """There is no file in it."""


@dataclass(frozen=True)
class _Entry:
    info: zipfile.ZipInfo
    path: PurePosixPath

    @property
    def mode(self) -> int:
        """As `stat` has it; 0 where the archive was not made on Unix."""
        return self.info.external_attr >> 16 if self.info.create_system == _UNIX else 0

    @property
    def is_directory(self) -> bool:
        return self.info.is_dir() or stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode) and not self.is_directory


def check(content: bytes, limit: int) -> int:
    """Look at a whole archive.

    Args:
        content: the file.
        limit: bytes; what is unpacked has to be smaller.

    Returns:
        Bytes of all files.

    Raises:
        TooLargeError: it is too much.
        EmptyError: it is nothing.
        ArchiveError: it is no archive that can be unpacked safely.
    """
    if content.count(_ENTRY) > MOST_ENTRIES:  # before a reader makes an object of each
        raise ArchiveError("too many entries")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _entries(archive)
            if all(entry.is_directory for entry in entries):
                raise EmptyError
            if sum(entry.info.file_size for entry in entries) >= limit:
                raise TooLargeError
            return sum(_count(archive, entry) for entry in entries)
    except _DEFECTS as error:
        raise ArchiveError(str(error)) from error


def extract(path: str, target: str) -> None:
    """Unpack an archive that `check` has seen.

    Args:
        path: the archive.
        target: an empty directory.

    Raises:
        ArchiveError: see `check`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.path: entry for entry in _entries(archive)}.values()  # of two alike the last
            for entry in sorted(entries, key=lambda entry: entry.is_link):  # links last: nothing is written behind one
                _extract(archive, entry, Path(target) / entry.path)
    except _DEFECTS as error:
        raise ArchiveError(str(error)) from error


def _entries(archive: zipfile.ZipFile) -> list[_Entry]:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise ArchiveError("too many entries")
    entries = [_Entry(info, _path(info)) for info in infos]
    for entry in entries:
        if not _is_ordinary(entry):
            raise ArchiveError(f"{entry.path} cannot be unpacked")
    _check_places(entries)
    return entries


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """Where an entry goes; a backslash or a colon is a character like any other, as on Linux."""
    name = info.orig_filename
    path = PurePosixPath(name)
    parts = [part.encode(errors="surrogateescape") for part in path.parts]
    if (
        "\0" in name
        or path.is_absolute()
        or ".." in path.parts
        or not (parts or info.is_dir())
        or any(len(part) > LONGEST_PART for part in parts)
        or sum(map(len, parts)) + len(parts) > LONGEST_NAME
    ):
        raise ArchiveError("a name leads nowhere")
    return path


def _is_ordinary(entry: _Entry) -> bool:
    info = entry.info
    return (
        info.compress_type in _METHODS
        and not info.flag_bits & _ENCRYPTED
        and stat.S_IFMT(entry.mode) in _KINDS
        and not (entry.is_link and info.file_size > LONGEST_NAME)
    )


def _check_places(entries: Iterable[_Entry]) -> None:
    """No path is both a directory and something else: nothing lies below a file or a link."""
    entries = list(entries)
    leaves = {entry.path for entry in entries if not entry.is_directory}
    inner = {entry.path for entry in entries if entry.is_directory}
    inner.update(parent for entry in entries for parent in entry.path.parents)
    if leaves & inner:
        raise ArchiveError("a file lies where a directory is")


def _count(archive: zipfile.ZipFile, entry: _Entry) -> int:
    """Unpack to nowhere; the reader compares the checksum at the end."""
    if entry.is_link and not _is_target(archive.read(entry.info)):
        raise ArchiveError(f"{entry.path} leads nowhere")
    size = sum(map(len, _parts(archive, entry)))
    if size != entry.info.file_size:
        raise ArchiveError(f"{entry.path} is not as long as it says")
    return size


def _is_target(target: bytes) -> bool:
    """Whether a link can be made of it; where it leads is seen only by who follows it."""
    return bool(target) and b"\0" not in target


def _parts(archive: zipfile.ZipFile, entry: _Entry) -> Iterator[bytes]:
    with archive.open(entry.info) as stream:
        while part := stream.read(_PART):
            yield part


def _extract(archive: zipfile.ZipFile, entry: _Entry, place: Path) -> None:
    """Whoever may read, write and execute is as the archive says; nobody becomes somebody else by executing it."""
    if entry.is_directory:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry.info) as stream:
        if entry.is_link:
            place.symlink_to(stream.read().decode(errors="surrogateescape"))
            return
        _write(stream, place)
    if permissions := entry.mode & 0o777:
        place.chmod(permissions)


def _write(stream: object, place: Path) -> None:
    source: BinaryIO = stream  # type: ignore[assignment] # ZipFile.open says less than it gives
    with place.open("xb") as file:
        shutil.copyfileobj(source, file, _PART)
