"""``coldstart facts drift``: two real versions of botocore, and one that is altered for the test."""

import gzip
import io
import json
import shutil
from pathlib import Path

import botocore
import pytest
from rich.console import Console

from coldstart import drift
from coldstart.cli import main
from coldstart.errors import CourseError

MODEL = Path("botocore/data/lambda/2015-03-31/service-2.json.gz")


@pytest.fixture
def altered(tmp_path):
    """A botocore in which managed instances may have 64 GB."""
    shutil.copytree(Path(botocore.__file__).parent, tmp_path / "botocore", ignore=shutil.ignore_patterns("__pycache__"))
    model = json.loads(gzip.decompress((tmp_path / MODEL).read_bytes()))
    model["shapes"]["MemorySize"]["max"] = 65536
    (tmp_path / MODEL).write_bytes(gzip.compress(json.dumps(model).encode()))
    return tmp_path


def printed(*versions):
    shown = Console(file=io.StringIO(), width=200)
    return drift.drift(*versions, console=shown), shown.file.getvalue()


def test_what_changed_is_listed_with_the_chapters_and_questions_that_stand_on_it(altered):
    status, shown = printed("installed", str(altered))
    assert status == 1
    assert "lambda.memory.max.managed-instances" in shown
    assert "failed: found 65536" in shown
    assert "02-memory-cpu/memory-cpu-model-maximum" in shown
    assert "differ about 1." in shown


def test_the_same_version_differs_about_nothing():
    status, shown = printed("installed")
    assert status == 0
    assert "differ about 0." in shown


@pytest.mark.parametrize("wrong", ["1.44", "newest", "../nowhere"])
def test_what_is_neither_a_version_nor_a_folder_is_refused_in_one_sentence(wrong, capsys):
    assert main(["facts", "drift", wrong]) == 2
    assert "neither a version such as 1.40.0 nor a folder with botocore" in capsys.readouterr().err


def test_a_version_that_does_not_come_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(drift, "KEPT", tmp_path)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(
        CourseError, match=r"botocore 1\.0\.0 cannot be fetched .* is there such a version, and a network"
    ):
        drift.view("1.0.0")
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == []
