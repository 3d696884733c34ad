"""What the README says about the public programs is what is locked and installed."""

from __future__ import annotations

import re

from public import EMULATOR, LOCK, installed

SECTION = "\n## Programs that run against it\n"


def shown():
    section = (EMULATOR / "README.md").read_text().partition(SECTION)[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", section, re.MULTILINE))


def wanted():
    """The names of programs.in."""
    source = (EMULATOR / "requirements" / "programs.in").read_text()
    return re.findall(r"^([\w-]+)", source, re.MULTILINE)


def test_the_readme_names_every_program_with_the_version_that_is_locked():
    locked = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)", LOCK.read_text(), re.MULTILINE))
    assert shown() == {name: locked[name] for name in wanted()}


def test_the_versions_that_are_installed_are_those():
    assert shown() == {name: installed()[name].version for name in wanted()}
