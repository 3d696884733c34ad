"""The directories of one environment on this machine: its /tmp and its /opt."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from localstack_dockerless.sandbox import system
from localstack_dockerless.sandbox.supervisor import supervisor


class Files:
    """What an environment has of files, below a directory of its own.

    Args:
        directory: where; made here, removed by ``close``.
        layers: what ``/opt`` is merged from.
        ephemeral_mb: the size of ``/tmp`` (MB).
    """

    def __init__(self, directory: Path, layers: Sequence[Path], ephemeral_mb: int) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.tmp = directory / "tmp"
        self.tmp_is_bounded = False
        try:
            self.tmp.mkdir(exist_ok=True)
            self.tmp.chmod(0o1777)
            self.tmp_is_bounded = supervisor().private_mounts and self._mount(ephemeral_mb)
            self.opt = merge(layers, directory / "opt") if len(layers) > 1 else next(iter(layers), None)
        except BaseException:
            self.close()
            raise

    def _mount(self, size_mb: int) -> bool:
        try:
            supervisor().in_spawner(lambda: system.mount_tmpfs(self.tmp, size_mb))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Remove everything."""
        if self.tmp_is_bounded:
            with contextlib.suppress(OSError):
                supervisor().in_spawner(lambda: system.unmount(self.tmp))
        remove(self._directory)


def remove(folder: Path) -> None:
    """Remove a directory, however deep it is and whatever its permissions."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    names = itertools.count()
    while folder.exists() and (found := _folders(folder)):
        for path in found:
            _bring_up(path, folder, names)
    shutil.rmtree(folder, ignore_errors=True)


def _folders(folder: Path) -> list[str]:
    return [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]


def _bring_up(path: str, top: Path, names: Iterator[int]) -> None:
    """Empty a directory and remove it; those in it go to the top, so that no path gets long."""
    os.chmod(path, 0o700)  # noqa: PTH101
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            os.chmod(entry.path, 0o700)  # noqa: PTH101 - who moves a directory must be able to write to it
            os.rename(entry.path, top / f".up-{next(names)}")  # noqa: PTH104
        else:
            os.unlink(entry.path)  # noqa: PTH108
    os.rmdir(path)  # noqa: PTH106


def merge(layers: Sequence[Path], target: Path) -> Path:
    """Lay directories over each other, by hard links where possible; a later one wins.

    Args:
        layers: the directories, in order.
        target: where the result goes; made here.
    """
    target.mkdir(exist_ok=True)
    for layer in layers:
        _lay(str(layer), str(target))
    return target


def _lay(source: str, target: str) -> None:
    for entry in os.scandir(source):
        place = os.path.join(target, entry.name)  # noqa: PTH118 - thousands of files: Path costs more than the links
        if entry.is_dir(follow_symlinks=False):
            if os.path.islink(place) or os.path.isfile(place):  # noqa: PTH113, PTH114
                os.unlink(place)  # noqa: PTH108
            os.makedirs(place, exist_ok=True)  # noqa: PTH103
            shutil.copymode(entry.path, place)
            _lay(entry.path, place)
        else:
            _link(entry.path, place)


def _link(source: str, place: str) -> None:
    if os.path.isdir(place) and not os.path.islink(place):  # noqa: PTH112, PTH114
        shutil.rmtree(place)
    elif os.path.lexists(place):
        os.unlink(place)  # noqa: PTH108
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError:  # another file system, or a file of another user
        shutil.copy2(source, place, follow_symlinks=False)
