"""The mock exam in plain lines, for pipes and for terminals that can do no more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Final, TextIO

from coldstart.errors import CourseError
from coldstart.quiz.lines import Left
from coldstart.quiz.session import wanted
from coldstart.quiz.sitting import Sitting
from coldstart.quiz.words import clock, unfinished

HELP: Final = (
    "Type the numbers of your answer; Enter alone goes on, b goes back, f flags, g 12 goes to question 12, s shows what is open, "
    "e ends the exam, q leaves it for later."
)


def play(sitting: Sitting, source: TextIO, sink: TextIO) -> None:
    """Ask until the exam is ended or its time is over.

    Args:
        sitting: The exam.
        source: Where the answers come from, a line each.
        sink: Where everything is written.

    Raises:
        Left: The person has gone; the exam can go on later.
    """
    print(HELP, file=sink)
    with _counting(sitting):
        while not sitting.finished:
            _ask(sitting, sink)
            line = _line(source, sink)
            if sitting.tick():
                print("The time is over.", file=sink)
                sitting.finish()
            else:
                _obey(sitting, line, source, sink)


def _ask(sitting: Sitting, sink: TextIO) -> None:
    question, exam = sitting.current, sitting.exam
    flagged = ", flagged" if question["id"] in exam.flags else ""
    print(f"\nQuestion {exam.at + 1} of {len(sitting.questions)}, {clock(sitting.left)} left{flagged}", file=sink)
    print(f"{question['stem']['text']}\n", file=sink)
    for number, option in enumerate(question["options"], 1):
        mark = "*" if option["id"] in sitting.picked(question) else " "
        print(f" {mark}{number}. {option['text']}", file=sink)
    print(f"Your answer ({wanted(question)}): ", end="", file=sink, flush=True)


def _line(source: TextIO, sink: TextIO) -> str:
    line = source.readline()
    if not source.isatty():
        print(line.strip(), file=sink)
    if not line or line.strip().lower() in ("q", "quit"):
        raise Left
    return line.strip().lower()


def _obey(sitting: Sitting, line: str, source: TextIO, sink: TextIO) -> None:
    match line.split():
        case [] | ["n"]:
            _next(sitting, sink)
        case ["b"]:
            sitting.go(sitting.exam.at - 1)
        case ["f"]:
            sitting.flag()
        case ["g", place] if place.isdecimal():
            sitting.go(int(place) - 1)
        case ["s"]:
            print(unfinished(sitting), file=sink)
        case ["e"]:
            _end(sitting, source, sink)
        case _:
            _answer(sitting, line, sink)


def _answer(sitting: Sitting, line: str, sink: TextIO) -> None:
    question = sitting.current
    ids = [option["id"] for option in question["options"]]
    numbers = {int(number) for number in re.findall(r"\d{1,3}", line)}
    picked = {ids[number - 1] for number in numbers if 0 < number <= len(ids)}
    if not re.fullmatch(r"[\d\s,]+", line) or not len(picked) == len(numbers) == question["choose"]:
        print(f"Type {wanted(question)} from 1 to {len(ids)}, or one of the letters. {HELP}", file=sink)
        return
    sitting.answer(question, picked)
    _next(sitting, sink)


def _next(sitting: Sitting, sink: TextIO) -> None:
    if sitting.exam.at + 1 == len(sitting.questions):
        print(f"That was the last question. {unfinished(sitting)} Type e to end the exam.", file=sink)
    sitting.go(sitting.exam.at + 1)


def _end(sitting: Sitting, source: TextIO, sink: TextIO) -> None:
    question = "An exam that has ended cannot be continued. Type yes to end it: "
    print(f"{unfinished(sitting)} {question}", end="", file=sink, flush=True)
    if _line(source, sink) in ("y", "yes"):
        sitting.finish()


@contextmanager
def _counting(sitting: Sitting) -> Iterator[None]:
    """Count the time while a line is awaited."""
    over = Event()

    def count() -> None:
        while not over.wait(1) and not sitting.finished:
            with suppress(CourseError, OSError):  # the next answer meets it too, and says so
                sitting.tick()

    sitting.resume()
    thread = Thread(target=count, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
