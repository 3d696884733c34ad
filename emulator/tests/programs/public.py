"""Public programs as a person runs them: by their commands, in a directory, with the emulator's address in the environment."""

from __future__ import annotations

import os
import re
import subprocess
import time
import zipfile
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

EMULATOR = Path(__file__).parents[2]
ENVIRONMENT = EMULATOR / ".venv-programs"
LOCK = EMULATOR / "requirements" / "programs.txt"
ACCOUNT = "450045004500"
HTTP_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass(frozen=True)
class Programs:
    """The commands, with a home of their own.

    Attributes:
        variables: their whole environment.
        home: a directory for whatever they and their tests write.
    """

    variables: dict[str, str]
    home: Path

    def run(self, *line: str, at: Path | None = None, fails: bool = False) -> str:
        """What a command prints on its standard output, or, if it is to fail, on standard error."""
        done = subprocess.run(
            line, cwd=at or self.home, env=self.variables, capture_output=True, text=True, check=False
        )
        assert bool(done.returncode) == fails, f"{' '.join(line)}\n{done.stdout}\n{done.stderr}"
        return done.stderr if fails else done.stdout

    def start(self, *line: str, at: Path | None = None) -> subprocess.Popen[str]:
        """Start a command whose end nobody waits for."""
        return subprocess.Popen(line, cwd=at or self.home, env=self.variables, stdout=subprocess.PIPE, text=True)


def programs(home: Path, endpoint: str, proxy: str) -> Programs:
    """Programs that know the emulator, and reach anything else only by the proxy."""
    if not (ENVIRONMENT / "bin" / "sam").exists():
        pytest.fail(f"the public programs are not installed: put what {LOCK.name} locks into {ENVIRONMENT.name}")
    variables = {
        "PATH": f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_FIND_LINKS": str(home / "wheels"),
        "NO_PROXY": "127.0.0.1,localhost",
        **dict.fromkeys(HTTP_PROXIES, proxy),
    }
    _no_version_check(home)
    (home / "wheels").mkdir()
    return Programs(variables, home)


def _no_version_check(home: Path) -> None:
    """SAM CLI asks the package index once a week whether there is a newer one."""
    (home / ".aws-sam").mkdir(parents=True)
    (home / ".aws-sam" / "metadata.json").write_text(f'{{"lastVersionCheck": {time.time()}}}')


def installed() -> dict[str, Distribution]:
    """What the programs' environment has, by name."""
    (site,) = (ENVIRONMENT / "lib").glob("python3*/site-packages")
    return {re.sub("[-_.]+", "-", one.metadata["Name"]).lower(): one for one in distributions(path=[str(site)])}


def wheel(name: str, folder: Path) -> None:
    """Make a wheel again of an installed distribution, for programs that install it from a folder."""
    found = installed()[name]
    (tag, *_) = re.findall(r"^Tag: (.+)$", found.read_text("WHEEL") or "", re.MULTILINE)
    file = folder / f"{re.sub('[-.]+', '_', found.metadata['Name'])}-{found.version}-{tag}.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in contents(name).items():
            archive.writestr(path, content)


def contents(name: str) -> dict[str, bytes]:
    """The files of an installed distribution, by their place in site-packages."""
    files = [file for file in installed()[name].files or () if file.parts[0] != ".." and file.suffix != ".pyc"]
    return {str(file): Path(str(file.locate())).read_bytes() for file in files}
