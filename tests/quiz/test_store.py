"""The file of a learner's progress: nothing in it is ever lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from coldstart.errors import CourseError
from coldstart.quiz import store
from coldstart.quiz.progress import Answer, Progress, parse

SAMPLES = Path(__file__).with_name("progress")
WRITER = """
import sys
from coldstart.quiz import store
from coldstart.quiz.progress import Answer
for number in range(25):
    with store.editing() as progress:
        at = f"2026-11-25T12:00:00.{number:03}Z"
        progress.record([Answer(question=sys.argv[1], at=at, picked=["a"], correct=True, mode="practice")])
"""


def put(progress_file, name):
    progress_file.parent.mkdir(exist_ok=True)
    progress_file.write_bytes((SAMPLES / f"{name}.json").read_bytes())
    return progress_file.read_bytes()


def answer(question="q"):
    return Answer(question=question, at="2026-11-25T12:00:00.000Z", picked=["a"], correct=True, mode="section")


def test_what_was_answered_is_there_the_next_time(progress_file):
    assert store.read() == Progress()
    with store.editing() as progress:
        progress.record([answer()])
    assert store.read().log == parse(progress_file.read_bytes()).log == [answer()]


def test_two_programs_that_write_at_the_same_time_lose_nothing():
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in ("one", "two", "three")]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert len(store.read().log) == 75


def test_a_change_that_fails_half_way_is_not_written():
    def fail():
        with store.editing() as progress:
            progress.flags = ["q"]
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the one above
        fail()
    assert store.read() == Progress()


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("bad-*.json") if "newer" not in path.name))
def test_a_damaged_file_is_kept_beside_and_the_next_command_begins_anew(progress_file, name):
    content = put(progress_file, name)
    with pytest.raises(CourseError, match=r"kept as progress\.damaged-1\.json, and the next command begins anew"):
        store.read()
    assert progress_file.with_name("progress.damaged-1.json").read_bytes() == content
    assert store.read() == Progress()


def test_a_second_damaged_file_does_not_replace_the_first(progress_file):
    contents = [put(progress_file, "bad-truncated")]
    with pytest.raises(CourseError):
        store.read()
    contents.append(put(progress_file, "bad-not-json"))
    with pytest.raises(CourseError, match=r"progress\.damaged-2\.json"):
        store.read()
    kept = [progress_file.with_name(f"progress.damaged-{number}.json").read_bytes() for number in (1, 2)]
    assert kept == contents


def test_a_file_of_a_newer_version_is_refused_and_stays(progress_file):
    content = put(progress_file, "bad-newer-version")
    with pytest.raises(CourseError, match="newer version of the course") as refused:
        store.read()
    assert "\n" not in str(refused.value)
    with pytest.raises(CourseError), store.editing() as progress:
        progress.flags = ["q"]
    assert progress_file.read_bytes() == content


def test_a_link_to_a_folder_that_is_shared_stays_a_link(progress_file, tmp_path):
    progress_file.parent.mkdir()
    progress_file.symlink_to(tmp_path / "shared.json")
    with store.editing() as progress:
        progress.flags = ["q"]
    assert progress_file.is_symlink()
    assert parse((tmp_path / "shared.json").read_bytes()).flags == ["q"]


def test_an_export_is_imported_elsewhere(progress_file, tmp_path, monkeypatch):
    put(progress_file, "good-full")
    store.export(tmp_path / "export.json")
    monkeypatch.setenv("COLDSTART_PROGRESS", str(tmp_path / "other.json"))
    before, after = store.bring_in(tmp_path / "export.json")
    assert before == Progress()
    assert after == store.read() == parse(progress_file.read_bytes())


def test_an_export_replaces_no_file(progress_file, tmp_path):
    put(progress_file, "good-full")
    (tmp_path / "taken.json").write_text("mine")
    with pytest.raises(CourseError, match="exists already") as refused:
        store.export(tmp_path / "taken.json")
    assert refused.value.status == 2
    assert (tmp_path / "taken.json").read_text() == "mine"


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("bad-*.json")))
def test_an_import_of_something_else_changes_nothing(progress_file, name):
    content = put(progress_file, "good-full")
    with pytest.raises(CourseError, match=r"Nothing was changed\.$"):
        store.bring_in(SAMPLES / f"{name}.json")
    assert progress_file.read_bytes() == content
    assert (SAMPLES / f"{name}.json").exists(), "what was to be imported stays where it is"


def test_an_import_adds_and_takes_nothing_away(progress_file):
    put(progress_file, "merge-mine")
    store.bring_in(SAMPLES / "merge-theirs.json")
    assert store.read() == parse((SAMPLES / "merge-both.json").read_bytes())
