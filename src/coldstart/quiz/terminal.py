"""The quizzes in the terminal, full screen where there is one, else in plain lines: a section, what is due, the mock exam."""

import os
import random
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from rich.console import Console

from coldstart.errors import CourseError
from coldstart.quiz import exam_lines, exams, lines, schedule, show, store
from coldstart.quiz.app import INTERRUPTED, QuestionApp, QuizApp
from coldstart.quiz.bank import bank, every
from coldstart.quiz.exam_app import ExamApp
from coldstart.quiz.lines import Left
from coldstart.quiz.places import Question
from coldstart.quiz.progress import Answer, ExamUnderWay, Mode, now
from coldstart.quiz.report import Report
from coldstart.quiz.session import Session
from coldstart.quiz.sitting import Sitting, chosen
from coldstart.quiz.words import welcome

TIMES: Final = (1, 1.25, 1.5, 2)
"""What an exam's time can be multiplied by."""


def run(slug: str, seed: int | None = None) -> int:
    """Ask the questions of a section.

    Args:
        slug: ``14-aliases``.
        seed: Order of questions and options; another one each time if None.

    Returns:
        0 at the end or when the person leaves, 130 after Ctrl-C.

    Raises:
        CourseError: The section has no questions, or a fault in them; the progress cannot be read or written.
    """
    store.read()  # what cannot be kept is not asked
    return _ask(Session(bank(slug, _order(seed)), record=_recorder("section")))


def review(seed: int | None = None) -> int:
    """Ask what is due by the schedule, the longest due first; arguments and errors as ``run``."""
    questions, today = every(_order(seed)), schedule.today()
    days = {each: day for each, day in schedule.due(store.read().log).items() if each in questions}
    due = [questions[each] for each, day in days.items() if day <= today]
    if due:
        return _ask(Session({"title": "Review", "questions": due}, record=_recorder("review")))
    following = f"the next question is due on {min(days.values())}" if days else "take a quiz first: coldstart quiz"
    print(f"Nothing is due; {following}.")
    return 0


def exam(time: float | None = None, seed: int | None = None) -> int:
    """Begin a mock exam, or go on with the one that is under way.

    Args:
        time: What the exam's time is multiplied by, one of ``TIMES``.
        seed: Choice and order of the questions; another one each time if None.

    Returns:
        0 at the end or when the person leaves, 130 after Ctrl-C.

    Raises:
        CourseError: As ``run``; or an exam is under way and time or seed are given, or is open in another terminal.
    """
    if time not in (None, *TIMES):
        raise CourseError(f"--time is {time:g}; choose {', '.join(f'{each:g}' for each in TIMES)}.", status=2)
    with store.sole_exam():
        under_way = store.read().exam
        if under_way and (time or seed is not None):
            raise CourseError("An exam is under way, and its time and questions are set: `coldstart exam`.", status=2)
        return _sit(*(_resumed(under_way) if under_way else _new(time or 1, _order(seed))))


def history(number: int | None = None) -> int:
    """Print what was answered so far; or one mock exam with every question.

    Args:
        number: Of the exam, from 1.

    Raises:
        CourseError: There is no such exam; the progress cannot be read.
    """
    progress, console = store.read(), _console()
    if number is None:
        show.history(progress, every(), schedule.today(), console)
    elif 0 < number <= len(progress.exams):
        report = Report(progress.exams[number - 1], every(progress.exams[number - 1].seed))
        show.every_question(report, console)
        console.print()
        show.result(report, number, console)
    else:
        there = f"the exams are 1 to {len(progress.exams)}" if progress.exams else "take one: coldstart exam"
        raise CourseError(f"There is no mock exam {number}; {there}.", status=2)
    return 0


def _order(seed: int | None) -> int:
    return random.randrange(2**31) if seed is None else seed  # noqa: S311 - an order, not a secret


def _recorder(mode: Mode) -> Callable[[Question, set[str], bool], None]:
    def record(question: Question, picked: set[str], correct: bool) -> None:
        answer = Answer(question=question["id"], at=now(), picked=sorted(picked), correct=correct, mode=mode)
        with store.editing() as progress:
            progress.record([answer])

    return record


def _ask(session: Session) -> int:
    try:
        return _played(QuizApp(session)) if _capable() else _read(lambda: lines.play(session, sys.stdin, sys.stdout))
    finally:
        print(session.summary(shutil.get_terminal_size().columns))


def _new(time: float, seed: int) -> tuple[Sitting, str]:
    questions = every(seed)
    selection = chosen(questions, seed)
    begun = ExamUnderWay(
        exam=exams.CURRENT,
        seed=seed,
        started=now(),
        minutes=exams.outline().minutes * time,
        used=0,
        questions=selection.questions,
        answers={},
        flags=[],
    )
    sitting = Sitting(begun, questions)
    return sitting, welcome(sitting, selection.missing, new=True)


def _resumed(under_way: ExamUnderWay) -> tuple[Sitting, str]:
    questions = every(under_way.seed)
    if not any(each in questions for each in under_way.questions):
        raise CourseError(
            "No question of the exam that is under way is in this version of the course; update the course, "
            "or name another file in COLDSTART_PROGRESS."
        )
    sitting = Sitting(under_way, questions)
    return sitting, welcome(sitting, {}, new=False)


def _sit(sitting: Sitting, words: str) -> int:
    try:
        status = _played(ExamApp(sitting, words)) if _capable() else _plain(sitting, words)
    finally:
        _tell(sitting)
    return status


def _plain(sitting: Sitting, words: str) -> int:
    print(words)
    sitting.keep()
    return _read(lambda: exam_lines.play(sitting, sys.stdin, sys.stdout))


def _tell(sitting: Sitting) -> None:
    """Print the result; or keep the last seconds, and say how to go on."""
    if sitting.finished:
        number, console = len(store.read().exams), _console()
        show.result(Report(sitting.finished, {each["id"]: each for each in sitting.questions}), number, console)
        print(f"\nEvery question with its reasons: coldstart history {number}")
    elif sitting.begun:
        with suppress(CourseError, OSError):  # what went wrong first is told
            sitting.keep()
        print("The exam is kept; `coldstart exam` goes on with it.")


def _capable() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _console() -> Console:
    return Console(highlight=False)


def _played(app: QuestionApp) -> int:
    try:
        status = app.run() or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    if app.fault:
        raise app.fault
    return status


def _read(play: Callable[[], None]) -> int:
    try:
        play()
    except Left:
        return 0
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    return 0
