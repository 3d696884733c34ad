"""What a chapter shows as code stands in a file, and the file runs."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess

import pytest
from cfnlint import api
from cfnlint.config import ManualArgs
from emulators import emulator, here

from coldstart.course import sections
from coldstart.lab.stable import stable
from coldstart.paths import BOOK, EMULATOR, LABS

__all__ = ["emulator", "here"]
EXAMPLES = BOOK / "examples"
FENCE = re.compile(r"^( *)```(?P<language>\S*)[^\n]*\n(?P<body>.*?)^\1```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r'^ *--8<-- "(?P<file>[^":]+)(?P<part>:[a-z0-9-]+)?"$', re.MULTILINE)
HIDDEN = frozenset({"setup.py"})
SECTIONS = [pytest.param(section, id=section.slug) for section in sections()]


def shown(section):
    """Return the files that a chapter shows, each once, in its order."""
    return list(dict.fromkeys(found["file"] for found in SHOWN.finditer(section.chapter.read_text(encoding="utf-8"))))


def examples(section):
    return [path for path in sorted((EXAMPLES / section.slug).glob("*")) if path.is_file()]


@pytest.mark.parametrize("section", SECTIONS)
def test_no_code_is_typed_into_a_chapter(section):
    bodies = [found["body"] for found in FENCE.finditer(section.chapter.read_text(encoding="utf-8"))]
    assert [body for body in bodies if not SHOWN.fullmatch(body.rstrip("\n"))] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_example_is_shown_or_used(section):
    files = examples(section)
    scripts = "".join(path.read_text(encoding="utf-8") for path in files if path.suffix in {".py", ".sh"})
    unseen = [path.name for path in files if f"{section.slug}/{path.name}" not in shown(section)]
    assert [name for name in unseen if name not in HIDDEN and name not in scripts] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_what_a_chapter_shows_runs(section, here, tmp_path, monkeypatch):
    """In the order of the chapter, in one Python and from one folder, on an account that only ``setup.py`` has touched."""
    if not (EXAMPLES / section.slug).is_dir():
        assert not [name for name in shown(section) if not (LABS / "functions" / name).exists()]
        return
    folder = shutil.copytree(EXAMPLES / section.slug, tmp_path / section.slug)
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_PAGER", "")
    monkeypatch.setenv("PATH", f"{EMULATOR}/.venv-programs/bin", prepend=os.pathsep)
    names, printed = {"__name__": "example"}, {}
    order = ["setup.py", *(name.partition("/")[2] for name in shown(section) if (EXAMPLES / name).exists())]
    for path in (folder / name for name in order if (folder / name).exists()):
        printed[path.stem] = _run(path, names, printed)


def _run(path, names, printed):
    """Run one file and return what it printed; what is no program is read by what reads such files."""
    source = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".py":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(source, path, "exec"), names)
            return out.getvalue()
        case ".sh":
            done = subprocess.run(["bash", "-euo", "pipefail", path], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout
        case ".yaml":
            assert [str(found) for found in api.lint(source, config=ManualArgs(regions=["us-east-1"]))] == []
        case ".json":
            json.loads(source)
        case ".txt":
            assert stable(printed[path.stem]).strip() == stable(source).strip(), f"{path.name} is not what was printed"
        case other:
            assert other in {"", ".mjs"}, f"nothing here runs or reads {path.name}"
    return ""
