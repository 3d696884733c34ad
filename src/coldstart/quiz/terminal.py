"""``coldstart quiz``: a section's questions in the terminal, full screen where there is one, else in plain lines."""

import os
import random
import shutil
import sys

from coldstart.quiz.bank import bank
from coldstart.quiz.lines import Left, play
from coldstart.quiz.session import Session

INTERRUPTED = 130


def run(slug: str, seed: int | None = None) -> int:
    """Ask the questions of a section.

    Args:
        slug: ``14-aliases``.
        seed: Order of questions and options; another one each time if None.

    Returns:
        0 at the end or when the person leaves, 130 after Ctrl-C.

    Raises:
        CourseError: The section has no questions, or a fault in them.
    """
    order = random.randrange(2**31) if seed is None else seed  # noqa: S311 - an order, not a secret
    session = Session(bank(slug, order))
    capable = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    status = _full_screen(session) if capable else _plain(session)
    print(session.summary(shutil.get_terminal_size().columns))
    return status


def _full_screen(session: Session) -> int:
    from coldstart.quiz.app import QuizApp

    try:
        return QuizApp(session).run() or 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _plain(session: Session) -> int:
    try:
        play(session, sys.stdin, sys.stdout)
    except Left:
        return 0
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    return 0
