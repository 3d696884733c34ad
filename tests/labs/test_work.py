"""A learner's work is never overwritten."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from coldstart.errors import CourseError
from coldstart.lab import work
from coldstart.paths import LABS

NOTEBOOK, HANDLER = "14-aliases.ipynb", "functions/14-aliases/v1/greeting.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A checkout with one lab, whose files a test may change."""
    labs = tmp_path / "labs"
    shutil.copytree(LABS / "functions" / "14-aliases", labs / "functions" / "14-aliases")
    shutil.copy(LABS / NOTEBOOK, labs)
    for module in ("coldstart.course", "coldstart.lab.work"):
        monkeypatch.setattr(f"{module}.LABS", labs)
    monkeypatch.setattr("coldstart.lab.work.WORK", tmp_path / "work")
    return labs


def _change(path, old="Lab 14", new="Lab XIV"):
    path.write_text(path.read_text().replace(old, new))


def _files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_time_everything_is_copied(course):
    copied = work.prepare("14")
    assert "# Your code here" in (copied / NOTEBOOK).read_text()
    assert (copied / HANDLER).read_text() == (course / HANDLER).read_text()


def test_a_second_time_changes_nothing(course):
    before = _files(work.prepare())
    assert _files(work.prepare()) == before


def test_an_unchanged_copy_follows_its_original(course):
    copied = work.prepare()
    _change(course / NOTEBOOK)
    work.prepare()
    assert "Lab XIV" in (copied / NOTEBOOK).read_text()


@pytest.mark.parametrize("name", [NOTEBOOK, HANDLER])
def test_a_learners_file_stays_as_it_is(course, name, capsys):
    mine = work.prepare() / name
    mine.write_text(mine.read_text() + "\n\n")
    before = mine.read_text()
    work.prepare()
    assert mine.read_text() == before
    assert not capsys.readouterr().err
    assert list(mine.parent.glob("*.new.*")) == []


def test_when_both_changed_the_new_one_is_put_beside_and_said_once(course, capsys):
    copied = work.prepare()
    _change(copied / NOTEBOOK, new="My lab")
    _change(course / NOTEBOOK)
    work.prepare()
    assert "yours stays, the new one is 14-aliases.new.ipynb" in " ".join(capsys.readouterr().err.split())
    assert "My lab" in (copied / NOTEBOOK).read_text()
    assert "Lab XIV" in (copied / "14-aliases.new.ipynb").read_text()
    work.prepare()
    assert not capsys.readouterr().err


def test_what_a_learner_wrote_into_the_new_one_stays_too(course):
    copied = work.prepare()
    _change(copied / NOTEBOOK, new="My lab")
    _change(course / NOTEBOOK)
    work.prepare()
    _change(copied / "14-aliases.new.ipynb", old="Lab XIV", new="My second")
    _change(course / NOTEBOOK, old="Lab XIV", new="Lab 0xE")
    work.prepare()
    assert "My lab" in (copied / NOTEBOOK).read_text()
    assert "My second" in (copied / "14-aliases.new.ipynb").read_text()


def test_a_learners_work_survives_the_loss_of_the_list(course):
    mine = work.prepare() / NOTEBOOK
    mine.write_text("mine")
    (work.folder() / work.DELIVERED).unlink()
    work.prepare()
    assert mine.read_text() == "mine"


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing_half_written(course, monkeypatch):
    copied = work.prepare()
    before = _files(copied)
    _change(course / NOTEBOOK)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(CourseError, match="No space left on device"):
            work.prepare()
    assert _files(copied) == before
    work.prepare()
    assert "Lab XIV" in (copied / NOTEBOOK).read_text()


def test_a_copy_that_is_no_notebook_any_more_is_told_with_a_way_out(course, capsys):
    mine = work.prepare() / NOTEBOOK
    mine.write_text(mine.read_text()[:500])
    broken = mine.read_text()
    work.prepare()
    said = " ".join(capsys.readouterr().err.split())
    assert f"{mine}, line " in said
    assert "Move your copy away, and the next `make learn` brings a fresh one." in said
    assert mine.read_text() == broken


def test_an_interruption_between_file_and_list_loses_nothing(course, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "_note", interrupted)
        with pytest.raises(KeyboardInterrupt):
            work.prepare()
    copied = work.prepare()
    assert (copied / HANDLER).exists()
    assert json.loads((copied / work.DELIVERED).read_text()).keys() >= {NOTEBOOK, HANDLER}
