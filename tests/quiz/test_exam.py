"""The mock exam: on the full screen by Textual's pilot and on a real terminal that is killed, and in plain lines."""

import asyncio
import io
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from terminals import Terminal
from textual.widgets import OptionList, Static

from coldstart.errors import CourseError
from coldstart.paths import QUIZZES
from coldstart.quiz import exam_lines, store, terminal
from coldstart.quiz.bank import every
from coldstart.quiz.exam_app import End, ExamApp, Sheet
from coldstart.quiz.lines import Left
from coldstart.quiz.progress import ExamUnderWay
from coldstart.quiz.sitting import Sitting

RUN = [sys.executable, "-m", "coldstart.cli", "exam"]


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def under_way(ids, **fields):
    started = {"exam": "dva-c03", "seed": 1, "started": "2026-11-25T12:00:00.000Z", "minutes": 130, "used": 0}
    return ExamUnderWay(**{**started, "questions": ids, "answers": {}, "flags": [], **fields})


@pytest.fixture
def questions(sample):
    return {question["id"]: question for question in sample["questions"]}


@pytest.fixture
def sitting(questions, clock):
    """An exam of the made-up questions."""
    return Sitting(under_way(list(questions)), questions, clock)


def numbers(question, *, correct=True):
    found = [str(number) for number, option in enumerate(question["options"], 1) if option["correct"] == correct]
    return found[: question["choose"]]


def ids(question, *, correct=True):
    return [question["options"][int(number) - 1]["id"] for number in numbers(question, correct=correct)]


def piloted(sitting, keys, *, size=(100, 40), look=lambda app: app.return_value):
    """Press keys in the app, and return what is to be looked at when it has settled."""

    async def play():
        app = ExamApp(sitting, "A mock exam.")
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            return look(app)

    return asyncio.run(play())


def text(app, name):
    return str(app.query_one(name, Static).content)


def test_no_word_about_right_and_wrong_before_the_end(sitting):
    keys = ["enter", *numbers(sitting.questions[0]), "enter", *numbers(sitting.questions[1], correct=False)]
    drawn = piloted(sitting, keys, look=lambda app: app.export_screenshot() + text(app, "#said"))
    assert not re.search(r"[Cc]orrect|Wrong|✓|✗", drawn)


def test_every_mark_is_kept_at_once(sitting):
    first, second = sitting.questions[:2]
    keys = ["enter", *numbers(first), "enter", numbers(second)[0]]
    kept = piloted(sitting, keys, look=lambda app: store.read().exam)
    assert kept.answers == {first["id"]: ids(first), second["id"]: ids(second)[:1]}
    assert kept.at == 1


def test_a_mark_can_be_changed_and_taken_back(sitting):
    first = sitting.questions[0]
    keys = ["enter", *numbers(first, correct=False), *numbers(first), "right", "left"]
    assert piloted(sitting, keys, look=lambda app: store.read().exam.answers) == {first["id"]: ids(first)}
    assert piloted(sitting, ["enter", *numbers(first)], look=lambda app: store.read().exam.answers) == {}


def test_going_back_shows_what_was_marked(sitting):
    first = sitting.questions[0]
    keys = ["enter", *numbers(first), "enter", "left"]
    marked = piloted(sitting, keys, look=lambda app: [str(row.number) for row in app.rows if row.marked])
    assert marked == numbers(first)


def test_a_flag_is_shown_kept_and_taken_away(sitting):
    assert "flagged" in piloted(sitting, ["enter", "f"], look=lambda app: text(app, "#head"))
    assert store.read().exam.flags == [sitting.questions[0]["id"]]
    assert "flagged" not in piloted(sitting, ["enter", "f"], look=lambda app: text(app, "#head"))
    assert store.read().exam.flags == []


def test_the_answer_sheet_shows_what_is_open_and_goes_there(sitting):
    def lines(app):
        sheet = app.screen.query_one(OptionList)
        return [str(sheet.get_option_at_index(place).prompt)[:27].strip() for place in range(sheet.option_count)]

    keys = ["enter", *numbers(sitting.questions[0]), "right", numbers(sitting.questions[1])[0], "f", "s"]
    assert piloted(sitting, keys, look=lines) == ["1  answered", "2  1 of 2 marked, flagged", "3  open"]
    assert "Question 3 of 3" in piloted(sitting, ["enter", "s", "down", "enter"], look=lambda app: text(app, "#head"))


def test_behind_the_last_question_comes_the_answer_sheet(sitting):
    shown = piloted(sitting, ["enter"] * 4, look=lambda app: isinstance(app.screen, Sheet))
    assert shown


def test_the_exam_ends_when_one_agrees_and_not_with_enter(sitting):
    asked = piloted(sitting, ["enter", "e", "enter"], look=lambda app: isinstance(app.screen, End))
    assert asked
    assert piloted(sitting, ["enter", "e", "escape"], look=lambda app: sitting.finished) is None
    first = sitting.questions[0]
    assert piloted(sitting, ["enter", *numbers(first), "e", "y"]) == 0
    progress = store.read()
    assert progress.exam is None
    assert [exam.answers for exam in progress.exams] == [{first["id"]: ids(first)}]
    assert [(answer.question, answer.correct, answer.mode) for answer in progress.log] == [(first["id"], True, "exam")]


def test_leaving_the_welcome_begins_nothing(sitting):
    assert piloted(sitting, ["escape"]) == 0
    assert store.read().exam is None


@pytest.mark.parametrize(
    ("keys", "status"),
    [(["q"], 0), (["escape"], 0), (["ctrl+c"], 130), (["s", "ctrl+c"], 130), (["e", "ctrl+c"], 130)],
)
def test_one_can_leave_at_any_moment_and_the_exam_stays(sitting, keys, status):
    assert piloted(sitting, ["enter", *keys]) == status
    assert store.read().exam.questions == sitting.exam.questions


def test_when_the_time_is_over_the_exam_ends(questions, clock):
    sitting = Sitting(under_way(list(questions), minutes=0.05), questions, clock)

    async def play():
        app = ExamApp(sitting, "A mock exam.")
        async with app.run_test() as pilot:
            await pilot.press("enter", *numbers(sitting.questions[0]), "s")
            clock.now += 4
            app.tick()
            await pilot.pause()
        return app.return_value

    assert asyncio.run(play()) == 0
    assert sitting.finished.used == 3
    assert len(store.read().log) == 1


def test_on_a_small_screen_nothing_is_out_of_reach(sitting):
    focused, last = piloted(
        sitting, ["enter", *["down"] * 9], size=(40, 12), look=lambda app: (app.focused, app.rows[-1])
    )
    assert focused is last
    assert last.region.bottom <= 12


def test_a_disk_that_takes_no_more_ends_the_screen_with_a_sentence(sitting, progress_file):
    progress_file.mkdir(parents=True)  # a folder where the file should be: nothing can be written there
    fault = piloted(sitting, ["enter"], look=lambda app: app.fault)
    assert isinstance(fault, OSError)


@pytest.mark.parametrize(
    ("looks", "used"),
    [
        ([1, 1, 1], 3),
        ([1, 3600 * 8, 1], 7),  # the laptop was closed for a night: five seconds at most
        ([1, -3600, 1], 2),  # the clock was set back
        ([1, -3600, 3600, 1], 7),
    ],
)
def test_time_counts_what_was_worked_and_never_falls(sitting, clock, looks, used):
    before = 0.0
    for seconds in looks:
        clock.now += seconds
        sitting.tick()
        assert sitting.exam.used >= before
        before = sitting.exam.used
    assert before == used


def test_the_time_is_kept_every_few_seconds(sitting, clock):
    sitting.keep()
    for _ in range(6):
        clock.now += 1
        sitting.tick()
    assert store.read().exam.used == 5


def test_questions_and_options_that_left_the_course_are_kept_and_not_shown(questions, clock):
    first = next(iter(questions))
    exam = under_way(["gone-long-ago", *questions], answers={first: ["no-such-option"], "gone-long-ago": ["a"]}, at=3)
    sitting = Sitting(exam, questions, clock)
    assert len(sitting.questions) == 3
    assert sitting.picked(questions[first]) == set()
    finished = sitting.finish()
    assert finished.answers == exam.answers
    assert finished.questions[0] == "gone-long-ago"


def typed(sitting, *lines):
    sink = io.StringIO()
    exam_lines.play(sitting, io.StringIO("".join(f"{line}\n" for line in lines)), sink)
    return sink.getvalue()


def test_in_plain_lines_one_answers_flags_goes_and_ends(sitting):
    first, second, third = sitting.questions
    said = typed(
        sitting,
        "g 3",
        *numbers(third),
        "b",
        " ".join(numbers(second)),
        "f",
        "g 1",
        *numbers(first, correct=False),
        "e",
        "yes",
    )
    assert sitting.finished.answers == {
        first["id"]: ids(first, correct=False),
        second["id"]: sorted(ids(second)),
        third["id"]: ids(third),
    }
    assert sitting.finished.flags == [third["id"]]
    assert "That was the last question." in said
    assert "Correct" not in said


@pytest.mark.parametrize("line", ["0", "9", "1 2 3 4 5 6", "-1", "x", "g", "g x", "1x", "1 1 1", "٣"])
def test_a_line_that_is_no_answer_is_asked_again(sitting, line):
    sitting.go(1)  # wants two answers
    said = typed(sitting, line, "e", "no", "e", "yes")
    assert "Type 2 answers from 1 to 5, or one of the letters." in said
    assert sitting.finished.answers == {}


def test_the_end_of_the_input_leaves_and_the_exam_stays(sitting):
    with pytest.raises(Left):
        typed(sitting, *numbers(sitting.questions[0]))
    assert sitting.finished is None
    assert list(store.read().exam.answers) == [sitting.questions[0]["id"]]


def test_in_plain_lines_the_time_ends_the_exam(questions, clock):
    sitting = Sitting(under_way(list(questions), used=130 * 60), questions, clock)
    assert "The time is over." in typed(sitting, "1")
    assert sitting.finished.answers == {}


def run(*arguments, text=""):
    return subprocess.run([*RUN, *arguments], input=text, capture_output=True, text=True, timeout=120, check=False)


def test_an_exam_in_a_pipe_is_left_and_goes_on_where_it_was():
    begun = run("--seed", "7", "--time", "1.5", text="1\n1 2\n1 2 3\n")  # the first question takes one of them
    assert (begun.returncode, begun.stderr) == (0, "")
    assert "A mock exam of 65 questions in 3:15:00" in begun.stdout
    assert begun.stdout.endswith("The exam is kept; `coldstart exam` goes on with it.\n")
    kept = store.read().exam
    assert (kept.minutes, len(kept.questions)) == (195, 65)
    assert kept.questions[0] in kept.answers
    ended = run(text="e\nyes\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Your exam goes on at question" in ended.stdout
    assert "of 65 questions correct" in ended.stdout
    assert store.read().exams[0].answers == kept.answers


def options(kept):
    """The questions of an exam, their options in its order."""
    bank = every(kept.seed)
    return [bank[each] for each in kept.questions]


def test_an_exam_that_was_killed_goes_on_with_every_answer():
    exam = Terminal([*RUN, "--seed", "7"])
    exam.wait_for("Enter begins")
    exam.type("\r")
    exam.wait_for("Question 1 of 65")
    exam.type("1f\r")
    exam.wait_for("Question 2 of 65")
    os.kill(exam.pid, signal.SIGKILL)
    assert exam.status() == -signal.SIGKILL
    kept = store.read().exam
    first = options(kept)[0]
    marked = {first["id"]: [first["options"][0]["id"]]}
    assert (kept.answers, kept.flags, kept.at) == (marked, [first["id"]], 1)

    again = Terminal(RUN)
    again.wait_for("goes on at question 2")
    again.type("\r")
    again.type("e")
    again.wait_for("End the exam?")
    again.type("y")
    assert again.status() == 0
    assert "Mock exam 1 (DVA-C03" in again.seen
    assert again.seen.rindex("\x1b[?1049l") < again.seen.rindex("Mock exam 1"), "the full screen was left first"
    assert [each.answers for each in store.read().exams] == [marked]


def test_an_exam_is_open_in_one_terminal_only():
    with store.sole_exam():
        refused = run()
    assert refused.returncode == 1
    assert refused.stderr == (
        "coldstart: The exam is open in another terminal; go on there, or leave it there first.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--time", "3"], "--time is 3; choose 1, 1.25, 1.5, 2."),
        (["--time", "nan"], "--time is nan; choose"),
        (["--time", "long"], "Invalid value for '--time'"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments, sentence):
    refused = run(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"coldstart: {sentence}")
    assert len(refused.stderr.splitlines()) == 1
    assert store.read().exam is None


def test_the_time_of_an_exam_under_way_does_not_change(sitting):
    sitting.keep()
    for arguments in ({"time": 2}, {"seed": 1}):
        with pytest.raises(CourseError, match="An exam is under way"):
            terminal.exam(**arguments)


def test_a_broken_question_file_is_one_sentence_and_the_exam_stays(sitting, tmp_path, monkeypatch):
    sitting.keep()
    broken = shutil.copytree(QUIZZES, tmp_path / "quizzes") / "14-aliases.yaml"
    broken.write_text(broken.read_text().replace("  level: apply", "  level: hard", 1))
    monkeypatch.setattr("coldstart.course.QUIZZES", broken.parent)
    with pytest.raises(
        CourseError, match=r"14-aliases\.yaml:5: level: input should be 'recall', 'apply' or 'analyze'\.$"
    ):
        terminal.exam()
    assert store.read().exam == sitting.exam


def test_an_exam_of_which_no_question_is_left_is_kept(clock):
    with store.editing() as progress:
        progress.exam = under_way(["gone-long-ago"])
    refused = run()
    assert refused.returncode == 1
    assert "No question of the exam that is under way is in this version of the course" in refused.stderr
    assert store.read().exam == progress.exam
