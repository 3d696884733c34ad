"""Set up the checkout: run by `make` with any Python >= 3.11, before anything is installed.

Usage: ``python3 src/coldstart/bootstrap.py course|test``. It can be run twice; the second time it only compares fingerprints.
Nothing but the standard library may be imported here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
INSTALLER = ROOT / ".uv"
# What apt installs, and what it is for; the course works without each, and `coldstart doctor` says what is lost.
PACKAGES = {
    "course": {"bwrap": ("bubblewrap", "functions then run without isolation from your files")},
    "test": {
        "bwrap": ("bubblewrap", "the tests of isolation are skipped"),
        "chromium": ("chromium", "the tests in a browser are skipped"),
        "skopeo": ("skopeo", "the tests that push container images with it are skipped"),
    },
}
# Commands by which the environment of the programs is known to be whole.
PROGRAMS = ("aws", "sam", "chalice")


class SetupError(Exception):
    """One sentence for a person."""


def main(profile: str) -> None:
    """Bring the environments and the system packages up to what the profile needs.

    Args:
        profile: ``course`` for a learner, ``test`` for the tests too.

    Raises:
        SetupError: Something is missing that set-up cannot mend.
    """
    with only_one_at_a_time():
        uv = find_uv()
        install(uv, ROOT, ROOT / "requirements" / f"{profile}.txt", superset=ROOT / "requirements" / "test.txt")
        emulator = ROOT / "emulator"
        requirements = "test" if profile == "test" else "server"
        fresh = install(
            uv,
            emulator,
            emulator / "requirements" / f"{requirements}.txt",
            superset=emulator / "requirements" / "test.txt",
        )
        finished = emulator / ".venv" / "clients-installed"
        if fresh or not finished.exists():
            say("AWS's runtime client for each Python on this machine")
            finished.unlink(missing_ok=True)
            run([str(emulator / ".venv" / "bin" / "localstack-dockerless"), "runtimes", "install"], UV=uv)
            finished.touch()
        if profile == "test":
            install_programs(uv)
            install_reader()
        install_packages(PACKAGES[profile])


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Wait for another set-up of the same checkout, where the system has file locks."""
    state = ROOT / ".coldstart"
    state.mkdir(exist_ok=True)
    with (state / "setup.lock").open("w") as lock:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def find_uv() -> str:
    """Return uv: ``$UV``, the one on PATH, or one of our own from PyPI."""
    own = INSTALLER / "bin" / "uv"
    found = os.environ.get("UV") or shutil.which("uv") or (own.exists() and str(own))
    if found:
        return str(found)
    say("uv, the installer, from PyPI")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(INSTALLER)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SetupError(
            "Python cannot make virtual environments here; type `sudo apt-get install python3-venv` (Debian, Ubuntu), or put uv on PATH, and run it again."
        )
    run(
        [
            str(INSTALLER / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(ROOT / "requirements" / "uv.txt"),
        ]
    )
    return str(own)


def install(uv: str, project: Path, requirements: Path, superset: Path) -> bool:
    """Make ``project/.venv`` hold exactly the locked requirements and the project itself.

    Returns:
        Whether anything had to be installed.
    """
    environment, stamp = project / ".venv", project / ".venv" / "fingerprint"
    known = (fingerprint(project, requirements), fingerprint(project, superset))
    if stamp.exists() and stamp.read_text() in known and is_whole(project):
        return False
    started = time.monotonic()
    say(f"{requirements.relative_to(ROOT)} into {environment.relative_to(ROOT)}")
    make_environment(uv, environment)
    sync(uv, environment, requirements, "--compile-bytecode")
    python = ["--python", str(environment)]
    run([uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", *python, "--editable", str(project)])
    stamp.write_text(fingerprint(project, requirements))
    say(f"  took {time.monotonic() - started:.0f} s")
    return True


def install_programs(uv: str) -> None:
    """Make ``emulator/.venv-programs`` hold the public programs that the emulator's tests run, away from both projects."""
    emulator = ROOT / "emulator"
    environment, requirements = emulator / ".venv-programs", emulator / "requirements" / "programs.txt"
    stamp, content = environment / "fingerprint", hashlib.sha256(requirements.read_bytes()).hexdigest()
    whole = starts_here(environment, PROGRAMS)
    if whole and stamp.exists() and stamp.read_text() == content:
        return
    started = time.monotonic()
    say(f"{requirements.relative_to(ROOT)} into {environment.relative_to(ROOT)}")
    if not whole:
        create(uv, environment, oldest_python(emulator))
    sync(uv, environment, requirements)
    stamp.write_text(content)
    say(f"  took {time.monotonic() - started:.0f} s")


def install_reader() -> None:
    """Put the parser that the tests read GIFT with into ``node_modules`` beside its lock; without it they are skipped."""
    folder = ROOT / "tests" / "quiz" / "gift"
    stamp, content = folder / "node_modules" / "fingerprint", (folder / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == content:
        return
    npm = os.environ.get("NPM") or shutil.which("npm")
    if not npm:
        say("npm is not installed: the test of GIFT is skipped. To have it: sudo apt-get install npm")
        return
    say("tests/quiz/gift/package-lock.json into tests/quiz/gift/node_modules")
    if subprocess.run([npm, "ci", "--silent"], cwd=folder, check=False).returncode:
        say("npm could not install it: the test of GIFT is skipped. To try again, run the same command again.")
        return
    stamp.write_text(content)


def sync(uv: str, environment: Path, requirements: Path, *options: str) -> None:
    """Make an environment hold exactly what is locked."""
    python = ["--python", str(environment)]
    run([uv, "pip", "sync", "--quiet", "--require-hashes", *options, *python, str(requirements)])


def is_whole(project: Path) -> bool:
    """Return whether the project's commands are there and start with this environment's Python."""
    commands = tomllib.loads((project / "pyproject.toml").read_text())["project"]["scripts"]
    return starts_here(project / ".venv", commands)


def starts_here(environment: Path, commands: Iterable[str]) -> bool:
    """Return whether commands are there and start with this environment's Python.

    A checkout that was moved or renamed has commands that name the Python of the old place.
    """
    binaries = environment / "bin"
    return all((binaries / name).exists() and str(binaries) in (binaries / name).read_text() for name in commands)


def make_environment(uv: str, environment: Path) -> None:
    """Create the virtual environment: on the Python of .python-version, else on one that the project can do with."""
    if (environment / "bin" / "python").exists() and is_whole(environment.parent):
        return
    create(uv, environment, oldest_python(environment.parent))


def oldest_python(project: Path) -> str:
    """Return which Pythons a project can do with, as in its ``requires-python``."""
    found = re.search(r'requires-python = "(.+?)"', (project / "pyproject.toml").read_text())
    return found[1] if found else ">=3.11"


def create(uv: str, environment: Path, oldest: str) -> None:
    """Create an empty virtual environment on the Python of .python-version, else on an accepted one.

    Raises:
        SetupError: There is neither.
    """
    wanted = (ROOT / ".python-version").read_text().strip()
    for python in (wanted, oldest):
        command = [uv, "venv", "--quiet", "--clear", "--python", python, str(environment)]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if made.returncode == 0:
            return
    raise SetupError(
        f"No Python {wanted} was found for {environment.relative_to(ROOT)}, nor one that is {oldest}; install Python {wanted} and run the same command again."
    )


def fingerprint(project: Path, requirements: Path) -> str:
    """Return what an environment was made from, so that a change of it is noticed."""
    content = requirements.read_bytes() + (project / "pyproject.toml").read_bytes()
    return f"{requirements.name} {hashlib.sha256(content).hexdigest()}"


def install_packages(wanted: dict[str, tuple[str, str]]) -> None:
    """Install missing system packages where that needs no question, else say what to type."""
    missing = {program: entry for program, entry in wanted.items() if not shutil.which(program)}
    if not missing:
        return
    names = [package for package, _ in missing.values()]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("from the system's packages: " + ", ".join(names))
        apt(["update", "-qq"])
        apt(["install", "-y", "-qq", "--no-install-recommends", *names])
    for program, (package, loss) in missing.items():
        if not shutil.which(program):
            say(f"{package} is not installed: {loss}. To have it: sudo apt-get install {package}")


def apt(arguments: list[str]) -> None:
    """Run apt-get quietly; what it cannot install is reported by the caller."""
    subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def run(command: list[str], **variables: str) -> None:
    """Run a command in the checkout.

    Raises:
        SetupError: It failed; its own words are above on the terminal.
    """
    result = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False)
    if result.returncode:
        raise SetupError(
            f"`{' '.join(Path(command[0]).name if i == 0 else part for i, part in enumerate(command[:4]))} …` failed (exit status {result.returncode}); its message is above. Mend that and run the same command again."
        )


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit(
            f"coldstart needs Python {OLDEST[0]}.{OLDEST[1]} or newer; python3 here is {sys.version.split()[0]}. Install a newer one, or name it: make PYTHON=/path/to/python3.13 ..."
        )
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "course")
    except SetupError as error:
        sys.exit(f"coldstart: {error}")
    except KeyboardInterrupt:
        sys.exit("coldstart: set-up was stopped; run the same command again to go on.")
