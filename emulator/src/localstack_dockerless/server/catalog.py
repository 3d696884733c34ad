"""LocalStack's index of all AWS services: 5 s and 400 MB to build, so it is built once for an installation.

Without it the server would do so at its first request, and keep the memory. It is kept beside the installed packages it
is made from, as Python keeps its byte code; where that is not writable, in the server's own directory.
`runtimes install` builds it, or the first start does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from localstack_dockerless.server.environment import server_environment
from localstack_dockerless.server.settings import DEFAULT_PORT, Settings

SHARED = Path(sys.prefix) / "var" / "cache" / "localstack-dockerless"
PLACE = Path("usr/lib/localstack")
"""Where LocalStack looks for it, below FILESYSTEM_ROOT."""


def install() -> None:
    """Build the installation's index, unless it is there."""
    if (SHARED / _name()).exists():
        return
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        catalog = Catalog(data, server_environment(Settings(DEFAULT_PORT, data)))
        catalog.begin()
        catalog.wait()


def _name() -> str:
    return f"service-catalog-{version('localstack-core')}-{version('botocore')}".replace(".", "_") + ".dill"


class Catalog:
    """The index for one server; building runs beside the server's start.

    Args:
        data: the server's directory.
        environment: the server's environment variables.
    """

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self._own, self._shared = data / "root" / PLACE / _name(), SHARED / _name()
        self._draft = data / "tmp" / "catalog"
        self._environment = environment | {"FILESYSTEM_ROOT": str(self._draft)}
        self._builder: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Take the installation's index, or begin to build one."""
        if self._own.exists():
            return
        if self._shared.exists():
            _copy(self._shared, self._own)
            return
        (self._draft / PLACE).mkdir(parents=True, exist_ok=True)
        self._builder = subprocess.Popen(
            [sys.executable, "-m", "localstack.aws.spec"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def finished(self) -> bool:
        """Whether the server can be used; one whose index could not be built works, slowly."""
        if self._builder is None:
            return True
        if self._builder.poll() is None:
            return False
        if self._builder.returncode == 0:
            self._keep()
        self._builder = None
        return True

    def wait(self) -> None:
        """Return when it is finished."""
        if self._builder:
            self._builder.wait()
        self.finished()

    def _keep(self) -> None:
        built = self._draft / PLACE / self._own.name
        _copy(built, self._own)
        with contextlib.suppress(OSError):
            _copy(built, self._shared)

    def abandon(self) -> None:
        """End the building."""
        if self._builder:
            self._builder.kill()
            self._builder.wait()


def _copy(source: Path, target: Path) -> None:
    """Copy in one step for whoever looks, and whoever copies at the same time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, draft)
    draft.replace(target)
