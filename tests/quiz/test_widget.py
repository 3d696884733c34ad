"""The notebook's quiz and the learner's file: what is answered in one is in the other, whatever state the file is in."""

from pathlib import Path

import pytest

from coldstart.errors import CourseError
from coldstart.quiz import store
from coldstart.quiz.progress import Answer, Progress, parse
from coldstart.quiz.widget import QuizWidget, merge, show

SAMPLES = Path(__file__).with_name("progress")
SECTION = "14-aliases"


def answer(question="q", second=0):
    at = f"2026-11-25T12:00:{second:02}.000Z"
    return Answer(question=question, at=at, picked=["a"], correct=True, mode="section")


def put(progress_file, name):
    progress_file.parent.mkdir(exist_ok=True)
    progress_file.write_bytes((SAMPLES / f"{name}.json").read_bytes())
    return progress_file.read_bytes()


def answered(widget, *answers, **parts):
    """What the page does when somebody answers."""
    known = Progress.model_validate(widget.progress)
    known.record(answers)
    widget.progress = {**known.model_dump(mode="json"), **parts}


def test_the_widget_begins_with_what_the_file_holds(progress_file):
    put(progress_file, "good-full")
    widget = QuizWidget("14")
    assert widget.progress == store.read().model_dump(mode="json")
    assert widget.bank["section"] == SECTION
    assert widget.notice == ""


def test_an_answer_is_in_the_file_and_so_is_what_the_terminal_wrote_meanwhile():
    widget = QuizWidget(SECTION)
    with store.editing() as progress:
        progress.record([answer("terminal", 1)])
        progress.flags = ["terminal"]
    answered(widget, answer("notebook", 0), flags=["notebook"], attempts={SECTION: {"seed": 1}})
    kept = store.read()
    assert kept.log == [answer("notebook", 0), answer("terminal", 1)]
    assert kept.flags == ["terminal", "notebook"]
    assert kept.attempts == {SECTION: {"seed": 1}}


def test_two_notebooks_take_nothing_from_each_other():
    one, other = QuizWidget("14"), QuizWidget("13")
    answered(one, answer("one", 0), attempts={SECTION: {"seed": 1}})
    answered(other, answer("other", 1), attempts={"13-versions": {"seed": 2}})
    answered(one, answer("one", 2), attempts={SECTION: {"seed": 3}})
    kept = store.read()
    assert [each.question for each in kept.log] == ["one", "other", "one"]
    assert kept.attempts == {SECTION: {"seed": 3}, "13-versions": {"seed": 2}}


def test_a_flag_that_was_taken_away_on_either_side_stays_away():
    progress = Progress(flags=["theirs", "both"])
    merge(progress, Progress(flags=["mine", "both"]), Progress(flags=["mine", "new"]))
    assert progress.flags == ["theirs", "new"]


def test_an_exam_that_was_finished_meanwhile_does_not_come_back(progress_file):
    put(progress_file, "good-full")
    widget = QuizWidget(SECTION)
    with store.editing() as progress:
        progress.exam, progress.exams = None, []
    answered(widget, answer())
    assert (store.read().exam, store.read().exams) == (None, [])


def test_a_damaged_file_is_put_beside_at_the_start_and_answers_go_into_a_new_one(progress_file):
    content = put(progress_file, "bad-truncated")
    widget = QuizWidget(SECTION)
    assert "kept as progress.damaged-1.json" in widget.notice
    answered(widget, answer())
    assert store.read().log == [answer()]
    assert progress_file.with_name("progress.damaged-1.json").read_bytes() == content


def test_a_file_that_is_damaged_meanwhile_costs_no_answer(progress_file):
    widget = QuizWidget(SECTION)
    answered(widget, answer("first", 0), flags=["first"])
    content = put(progress_file, "bad-truncated")
    answered(widget, answer("second", 1))
    assert "kept as progress.damaged-1.json" in widget.notice
    assert "\n" not in widget.notice
    assert [each.question for each in store.read().log] == ["first", "second"]
    assert store.read().flags == ["first"]
    assert progress_file.with_name("progress.damaged-1.json").read_bytes() == content


def test_a_newer_file_stays_as_it_is_and_the_answers_are_kept_once_it_can_be_read(progress_file):
    content = put(progress_file, "bad-newer-version")
    widget = QuizWidget(SECTION)
    answered(widget, answer("first", 0))
    assert "newer version of the course" in widget.notice
    assert "lasts as long as" in widget.notice
    assert progress_file.read_bytes() == content
    progress_file.unlink()
    answered(widget, answer("second", 1))
    assert widget.notice == ""
    assert [each.question for each in parse(progress_file.read_bytes()).log] == ["first", "second"]


def test_a_folder_that_cannot_be_made_is_said(progress_file):
    progress_file.parent.write_text("a file where the folder should be")
    widget = QuizWidget(SECTION)
    answered(widget, answer())
    assert f"{progress_file} cannot be used" in widget.notice


def test_outside_a_notebook_it_says_what_to_use_instead():
    with pytest.raises(CourseError, match=r"`coldstart quiz 14-aliases` asks the same in a terminal\.$"):
        show(SECTION)
