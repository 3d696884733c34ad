"""The house: who may know whom, and what may never stand in the repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coldstart.paths import EMULATOR, ROOT

TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
TEXTS = [
    ROOT / name
    for name in TRACKED
    if name and not name.endswith((".png", ".woff2", ".ico")) and (ROOT / name).is_file()
]

LOCKS = sorted(
    path for path in ROOT.glob("**/requirements/*.txt") if path.stem != "overrides" and ".venv" not in path.parts
)


def test_no_room_imports_a_room_above_it():
    contracts = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(EMULATOR / "src")},  # it is read, not run
        capture_output=True,
        text=True,
        check=False,
    )
    assert contracts.returncode == 0, contracts.stdout
    assert "2 kept" in contracts.stdout


@pytest.mark.parametrize("module", sorted(EMULATOR.rglob("src/**/*.py")), ids=lambda path: path.stem)
def test_the_emulator_knows_nothing_of_the_course(module):
    assert not re.search(r"^\s*(from|import) coldstart\b", module.read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.stem)
def test_the_course_never_imports_the_emulator(module):
    assert not re.search(r"^\s*(from|import) (localstack|moto)", module.read_text(), re.MULTILINE)


def test_the_bootstrap_needs_nothing_but_the_standard_library():
    source = (ROOT / "src" / "coldstart" / "bootstrap.py").read_text()
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE))
    assert imported <= set(sys.stdlib_module_names)


def test_no_registry_host_stands_in_the_repository():
    hosts = re.compile("|".join(["pypi" r"\.org", "pythonhosted" r"\.org", "registry" r"\.npmjs", "deb" r"\.debian"]))
    assert [str(path.relative_to(ROOT)) for path in TEXTS if hosts.search(path.read_text(errors="replace"))] == []


@pytest.mark.parametrize("locked", LOCKS, ids=lambda path: path.stem)
def test_every_requirement_is_locked_by_hash(locked):
    requirements = re.findall(
        r"^[a-z][\w.\[\]-]*==.*?(?=^\S|\Z)", locked.read_text(), re.MULTILINE | re.DOTALL | re.IGNORECASE
    )
    assert requirements
    assert [entry.split()[0] for entry in requirements if "--hash=sha256:" not in entry] == []
