"""The quiz in plain lines, for pipes and for terminals that can do no more: print, read a number, go on."""

import re
from typing import TextIO

from coldstart.quiz.places import Question
from coldstart.quiz.session import Session, verdict, wanted


class Left(Exception):  # noqa: N818 - not an error: the person has gone
    """The person typed q, or the input ended."""


def play(session: Session, source: TextIO, sink: TextIO) -> None:
    """Ask every question of a session.

    Args:
        session: Takes the answers.
        source: Where the answers come from, a line each.
        sink: Where everything is written.

    Raises:
        Left: Before the last question.
    """
    total = len(session.questions)
    print(f"{session.bank['title']}: {total} questions. Type the number of your answer; q leaves.", file=sink)
    while question := session.current:
        print(f"\nQuestion {len(session.answers) + 1} of {total}\n{question['stem']['text']}\n", file=sink)
        for number, option in enumerate(question["options"], 1):
            print(f"  {number}. {option['text']}", file=sink)
        picked = _answer(question, source, sink)
        _explain(session, question, picked, sink)


def _answer(question: Question, source: TextIO, sink: TextIO) -> set[str]:
    ids = [option["id"] for option in question["options"]]
    while True:
        print(f"Your answer ({wanted(question)}): ", end="", file=sink, flush=True)
        line = source.readline()
        if not source.isatty():
            print(line.strip(), file=sink)
        if not line or line.strip().lower() in ("q", "quit"):
            raise Left
        numbers = set(re.findall(r"\d+", line))
        picked = {ids[int(number) - 1] for number in numbers if 0 < int(number) <= len(ids)}
        if len(picked) == len(numbers) == question["choose"]:
            return picked
        example = " ".join(map(str, range(1, question["choose"] + 1)))
        print(f"Type {wanted(question)} from 1 to {len(ids)}, such as {example}.", file=sink)


def _explain(session: Session, question: Question, picked: set[str], sink: TextIO) -> None:
    correct = session.answer(question, picked)
    print("Correct." if correct else "Not correct.", file=sink)
    for number, option in enumerate(question["options"], 1):
        print(f"  {number}. {verdict(option, picked)}: {option['why']['text']}", file=sink)
    print(f"{session.right} of {len(session.answers)} correct so far.", file=sink, flush=True)
