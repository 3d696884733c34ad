"""The quiz in the terminal: full screen by Textual's pilot and through a real pty, plain lines through a pipe."""

import asyncio
import io
import os
import re
import signal
import subprocess
import sys

import pytest
from terminals import Terminal
from textual.widgets import Static

from coldstart.paths import BOOK
from coldstart.quiz.app import QuizApp, Row
from coldstart.quiz.bank import bank
from coldstart.quiz.lines import Left, play
from coldstart.quiz.session import Session

RUN = [sys.executable, "-c", "import sys; from coldstart.quiz.terminal import run; sys.exit(run('02-memory-cpu', 7))"]


def piloted(session, keys, *, size=(90, 40), look=lambda app: app.return_value):
    """Press keys in the app, and return what is to be looked at when it has settled."""

    async def play():
        app = QuizApp(session)
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            return look(app)

    return asyncio.run(play())


def key_numbers(question):
    return [str(number) for number, option in enumerate(question["options"], 1) if option["correct"]]


def wrong_numbers(question):
    wrong = [str(number) for number, option in enumerate(question["options"], 1) if not option["correct"]]
    return wrong[: question["choose"]]


@pytest.fixture
def session(sample):
    return Session(sample)


def test_numbers_mark_and_enter_checks_and_goes_on(session, sample):
    keys = [key for question in sample["questions"] for key in [*key_numbers(question), "enter", "enter"]]
    assert piloted(session, keys) == 0
    assert (session.right, session.missed) == (3, [])


def test_arrows_and_space_mark_an_option(session, sample):
    steps = int(key_numbers(sample["questions"][0])[0]) - 1
    piloted(session, [*["down"] * steps, "space", "enter"])
    assert session.answers == {"demo-one-answer": True}


def test_marking_another_single_answer_moves_the_mark(session, sample):
    piloted(session, [*wrong_numbers(sample["questions"][0]), *key_numbers(sample["questions"][0]), "enter"])
    assert session.right == 1


def test_enter_without_the_right_number_of_marks_does_not_grade(session, sample):
    first, second = sample["questions"][:2]
    keys = ["enter", *key_numbers(first), "enter", "enter", key_numbers(second)[0], "enter"]
    said = piloted(session, keys, look=lambda app: str(app.query_one("#said", Static).content))
    assert list(session.answers) == ["demo-one-answer"]
    assert said == "Mark 2 answers first, with Space or the number."


def test_after_the_answer_every_option_shows_a_word_and_its_reason(session, sample):
    keys = [*wrong_numbers(sample["questions"][0]), "enter"]
    drawn = piloted(session, keys, size=(100, 60), look=lambda app: app.export_screenshot())
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn).replace("&#160;", " "))
    assert "✓ Correct" in shown
    assert "✗ Wrong, your answer" in shown
    assert "Not correct. Enter goes on." in shown
    for option in sample["questions"][0]["options"]:
        assert option["why"]["text"].split()[0] in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_on_a_small_screen_the_arrows_reach_the_last_option(session):
    focused, last = piloted(
        session, ["down"] * 9, size=(50, 14), look=lambda app: (app.focused, list(app.query(Row))[-1])
    )
    assert focused is last
    assert last.region.bottom <= 14


def test_marks_do_not_change_after_the_answer(session, sample):
    wrong, right = wrong_numbers(sample["questions"][0]), key_numbers(sample["questions"][0])
    keys = [*wrong, "enter", *right]
    marked = piloted(session, keys, look=lambda app: [str(row.number) for row in app.query(Row) if row.marked])
    assert marked == wrong


@pytest.mark.parametrize(("key", "status"), [("q", 0), ("escape", 0), ("ctrl+c", 130)])
def test_one_can_leave_at_any_moment(session, sample, key, status):
    assert piloted(session, [*key_numbers(sample["questions"][0]), "enter", key]) == status
    assert session.summary().startswith("You answered 1 of 3 questions, 1 correctly (100 %).")


@pytest.mark.parametrize("built", [True, False])
def test_the_summary_says_where_to_read_the_missed_again_each_place_once(sample, tmp_path, monkeypatch, built):
    monkeypatch.setattr("coldstart.quiz.places.SITE", tmp_path)
    if built:
        (tmp_path / "02-memory-cpu.html").touch()
    twice = [question | {"id": f"{question['id']}-{n}"} for n in (1, 2) for question in sample["questions"]]
    session = Session(sample | {"questions": twice})
    for question in twice:
        session.answer(question, {"wall"})
    first, *lines = session.summary(width=60).splitlines()
    page = (tmp_path / "02-memory-cpu.html").as_uri() if built else str(BOOK / "02-memory-cpu.md")
    anchors = sorted({question["section"]["anchor"] for question in twice})
    assert first == "You answered 6 of 6 questions, 0 correctly (0 %)."
    assert [line for line in lines if "#" in line] == [f"{page}#{anchor}" for anchor in anchors]
    gists = [line for line in lines if line.startswith("  ")]
    assert len(gists) == len(twice)
    assert max(map(len, gists)) <= 60
    assert gists.count("  A handler computes a checksum with this code: It is …") == 2


def test_a_percentage_of_nothing_is_not_told(session):
    assert session.summary() == "You answered 0 of 3 questions, 0 correctly."


def pipe(text):
    return subprocess.run(RUN, input=text, capture_output=True, text=True, timeout=120, check=False)


def test_in_a_pipe_the_whole_quiz_is_plain_lines():
    questions = bank("02-memory-cpu", 7)["questions"]
    done = pipe("".join(f"{' '.join(key_numbers(question))}\n" for question in questions))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\nCorrect.\n") == len(questions)
    assert (
        f"You answered {len(questions)} of {len(questions)} questions, {len(questions)} correctly (100 %)."
        in done.stdout
    )
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("line", ["", "0", "9", "x", "1 2 3 4 5 6", "-"])
def test_a_line_that_is_no_answer_is_asked_again(session, sample, line):
    typed = f"{line}\n{wrong_numbers(sample['questions'][0])[0]}\nq\n"
    sink = io.StringIO()
    with pytest.raises(Left):
        play(session, io.StringIO(typed), sink)
    assert "Type one answer from 1 to 4, such as 1." in sink.getvalue()
    assert session.answers == {"demo-one-answer": False}


@pytest.mark.parametrize("text", ["", "q\n"])
def test_the_end_of_the_input_or_q_leaves(text):
    done = pipe(text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(
        f"You answered 0 of {len(bank('02-memory-cpu')['questions'])} questions, 0 correctly.\n"
    )


def test_ctrl_c_in_a_pipe_says_how_far_one_got():
    with subprocess.Popen(
        RUN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as quiz:
        seen = ""
        while "Your answer" not in seen:
            seen += quiz.stdout.read(1)
        quiz.send_signal(signal.SIGINT)
        rest, errors = quiz.communicate(timeout=60)
    assert (quiz.returncode, errors) == (130, "")
    assert "You answered 0 of" in rest


@pytest.mark.parametrize(("keys", "status", "answered"), [("\x03", 130, 0), ("q", 0, 0), ("ANSWER", 130, 1)])
def test_on_a_real_terminal_leaving_restores_the_screen_and_says_how_far_one_got(keys, status, answered):
    questions = bank("02-memory-cpu", 7)["questions"]
    terminal = Terminal(RUN)
    terminal.wait_for(f"Question 1 of {len(questions)}")
    if keys == "ANSWER":
        os.write(terminal.fd, f"{''.join(key_numbers(questions[0]))}\r".encode())
        terminal.wait_for("1 of 1 correct so far")
        keys = "\x03"
    os.write(terminal.fd, keys.encode())
    assert terminal.status() == status
    assert f"You answered {answered} of {len(questions)} questions, {answered} correctly" in terminal.seen
    assert terminal.seen.rindex("\x1b[?1049l") < terminal.seen.rindex("You answered"), "the full screen was left first"


def test_a_terminal_that_can_do_no_more_gets_plain_lines():
    terminal = Terminal(RUN, "dumb")
    terminal.wait_for("Your answer (")
    os.write(terminal.fd, b"q\n")
    assert terminal.status() == 0
    assert "\x1b" not in terminal.seen
