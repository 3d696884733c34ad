"""Deployment packages from real files."""

import io
import zipfile
from pathlib import Path
from typing import Final

from coldstart.course import section
from coldstart.errors import CourseError

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP archive can hold
MODE: Final = 0o644
PROGRAM: Final = 0o755


def package(slug: str, *names: str) -> bytes:
    """Return a ZIP archive of a lab's handlers; the same files give the same bytes, so that ``CodeSha256`` is the same too.

    Files that begin with ``#!`` can be executed.

    Args:
        slug: The section, ``14-aliases``.
        names: Files and folders below the lab's ``functions`` folder; of a folder, its files are at the archive's root.

    Raises:
        CourseError: A file is not there.
    """
    root = folder(slug)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, path in sorted(_files(root, names).items()):
            info = zipfile.ZipInfo(name, EPOCH)
            content = path.read_bytes()
            info.external_attr = _mode(content) << 16
            target.writestr(info, content)
    return archive.getvalue()


def _mode(content: bytes) -> int:
    """Return a file's mode in the archive: a script can be executed. What the disk says is lost in a learner's copy."""
    return PROGRAM if content.startswith(b"#!") else MODE


def folder(slug: str) -> Path:
    """Return where a lab's handlers are: beside the notebook that runs, so that a learner can change them."""
    beside = Path.cwd() / "functions" / section(slug).slug
    return beside if beside.is_dir() else section(slug).functions


def _files(root: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """Map the name in the archive to the file."""
    found: dict[str, Path] = {}
    for name in names:
        path = root / name
        if not path.exists():
            raise CourseError(f"{path} does not exist; handlers of a lab are files in its functions folder.")
        inside = (
            [p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts] if path.is_dir() else [path]
        )
        found |= {p.relative_to(path if path.is_dir() else root).as_posix(): p for p in inside}
    return found
