"""A layer of files: the same bytes for the same files, whoever builds it and when."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from localstack_dockerless.images import oci

FILE, FOLDER = 0o644, 0o755


def layer(files: Mapping[str, Path | None]) -> tuple[bytes, str]:
    """Return a compressed layer and the digest of its content before compression.

    Args:
        files: what is at each absolute path of the image: a file or link of this machine, or None for a directory.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, source in sorted(_with_parents(files).items()):
            _add(tar, path.lstrip("/"), source)
    content = buffer.getvalue()
    return gzip.compress(content, mtime=0), oci.digest(content)


def _with_parents(files: Mapping[str, Path | None]) -> dict[str, Path | None]:
    parents = {str(parent): None for path in files for parent in PurePosixPath(path).parents}
    return {path: source for path, source in {**parents, **files}.items() if path != "/"}


def _add(tar: tarfile.TarFile, name: str, source: Path | None) -> None:
    """Times, owners and this machine's umask stay out of it; whether a file may be executed does not."""
    entry = tarfile.TarInfo(name)
    if source is None:
        entry.type, entry.mode = tarfile.DIRTYPE, FOLDER
        tar.addfile(entry)
    elif source.is_symlink():
        entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(source)  # noqa: PTH115 - as it is written
        tar.addfile(entry)
    else:
        entry.mode = FOLDER if source.stat().st_mode & 0o100 else FILE
        entry.size = source.stat().st_size
        with source.open("rb") as content:
            tar.addfile(entry, content)
