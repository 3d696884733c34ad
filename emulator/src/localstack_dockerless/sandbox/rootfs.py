"""A container image as the root of an execution environment.

An image with files of its own finds no program of this machine, and may have none that could set its environment and its
user. What does that lies at /var/rapid, where Lambda, too, has what starts a runtime: a shell and `setpriv`, with the
libraries and the loader they need.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from localstack_dockerless.sandbox.model import Root
from localstack_dockerless.sandbox.once import once

_RAPID = "/var/rapid"
_LIBRARY = re.compile(r"(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)")
_MACHINES = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "proc", "dev", "sys", "tmp", "mnt")
"""What an image that is not alone has of the machine, or of every environment."""
OWN = ("/etc/group", "/etc/ld.so.preload", "/etc/nsswitch.conf", "/etc/passwd")
"""What `setpriv` and its loader go by while they still have rights, and therefore no image decides."""
_ETC = ("hosts", "resolv.conf", "ld.so.cache", *(Path(place).name for place in OWN))
_SHARED = {"etc": _ETC, "var": ("rapid", "lang")}
"""What it has of both, and what in it is never the image's."""
WRITABLE = ("/mnt", _RAPID)
"""In an image that is alone, until everything is mounted."""


class Incomplete(Exception):  # noqa: N818 - what it is
    """What starts programs in an image cannot be found on this machine; the message says what."""


@once
def tools() -> dict[str, str]:
    """Return where the shell, `setpriv`, their loader and libraries are on this machine, by their places in the image.

    Raises:
        Incomplete: one is not found.
    """
    programs = {"init": os.path.realpath("/bin/sh"), "setpriv": shutil.which("setpriv") or ""}
    found = {f"{_RAPID}/{name}": path for name, path in programs.items() if path}
    libraries = [library for path in found.values() for library in _libraries(path)]
    for library in libraries:
        name = "loader" if "/ld-" in library else f"lib/{Path(library).name}"
        found[f"{_RAPID}/{name}"] = os.path.realpath(library)
    if f"{_RAPID}/loader" not in found:
        raise Incomplete("ldd does not tell which libraries /bin/sh needs")
    return found


def _libraries(program: str) -> list[str]:
    """Return what a program is linked with, and what older C libraries look up users with, lest they find an image's."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    found = _LIBRARY.findall(done.stdout)
    users = [str(Path(library).with_name("libnss_files.so.2")) for library in found if "/libc.so" in library]
    return [*found, *(library for library in users if Path(library).exists())]


def program(name: str) -> list[str]:
    """Return the beginning of a command line that starts one of these programs inside."""
    return [f"{_RAPID}/loader", "--library-path", f"{_RAPID}/lib", f"{_RAPID}/{Path(name).name}"]


def beside(root: Root) -> list[str]:
    """Return bubblewrap's options for an image's files beside those of this machine."""
    entries = [entry for entry in sorted(root.directory.iterdir()) if entry.name not in (*_MACHINES, *_SHARED)]
    words = [word for entry in entries for word in _bind(entry, f"/{entry.name}")]
    for folder, left_out in _SHARED.items():
        for entry in sorted((root.directory / folder).iterdir()):
            if entry.name not in left_out and not _is_empty(entry):
                words += _bind(entry, f"/{folder}/{entry.name}")
    return [*words, "--dir", "/var/task"]


def _bind(entry: Path, place: str) -> list[str]:
    if entry.is_symlink():
        return ["--symlink", str(entry.readlink()), place]
    return ["--ro-bind", str(entry), place]


def _is_empty(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink() and not any(entry.iterdir())


def alone(root: Root, files: Mapping[str, int]) -> list[str]:
    """Return bubblewrap's options for an image's files and no others.

    Args:
        root: the image.
        files: descriptors of what it finds instead of files of its own, by place; they exist in it.

    Raises:
        Incomplete: see there.
    """
    words = ["--ro-bind", str(root.directory), "/"]
    for place in WRITABLE:
        words += ["--tmpfs", place]
    for place, descriptor in files.items():
        words += ["--ro-bind-data", str(descriptor), place]
    for place, path in tools().items():
        words += ["--ro-bind", path, place]
    return words
