"""A mock exam while it is taken, whatever shows it: what is marked, what time is left. Kept after every change.

Time counts while the exam is on the screen: a closed laptop and a clock that is set back cost nothing and give nothing.
"""

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Final

from coldstart.quiz import exams, store
from coldstart.quiz.places import Question
from coldstart.quiz.progress import Answer, ExamUnderWay, FinishedExam, Progress, now
from coldstart.quiz.selection import Candidate, Selection, quotas, select
from coldstart.quiz.session import is_correct

PAUSE: Final = 5
"""Seconds: a longer silence was no work."""


def chosen(questions: Mapping[str, Question], seed: int) -> Selection:
    """Choose the questions of a new exam from all there are."""
    outline = exams.outline()
    pool = [Candidate(each["id"], domain(each), each["section"]["slug"]) for each in questions.values()]
    return select(pool, quotas({each.id: each.percent for each in outline.domains}, outline.questions), seed)


def domain(question: Question) -> str:
    """Return the domain that a question counts for: that of its first skill."""
    return exams.domain(question["skills"])


class Sitting:
    """The exam that is under way.

    Args:
        exam: Where it stands.
        bank: All questions by id; those that have left the course since are not shown and do not count.
        clock: Seconds, from any beginning.

    Attributes:
        begun: Whether it is kept, so that one can go on with it.
        finished: What it became at its end.
    """

    def __init__(
        self, exam: ExamUnderWay, bank: Mapping[str, Question], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.exam = exam
        self.questions = [bank[each] for each in exam.questions if each in bank]
        self.begun = False
        self.finished: FinishedExam | None = None
        self._clock = clock
        self._alone = RLock()  # plain lines count the time in a thread of its own
        self._looked = clock()
        self._kept = exam.used
        exam.at = min(exam.at, len(self.questions) - 1)

    @property
    def current(self) -> Question:
        """The question that is shown."""
        return self.questions[self.exam.at]

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.exam.minutes * 60 - self.exam.used)

    @property
    def open(self) -> list[int]:
        """Places, from 1, of the questions without a complete answer."""
        return [place for place, each in enumerate(self.questions, 1) if len(self.picked(each)) != each["choose"]]

    @property
    def flagged(self) -> list[int]:
        """Places, from 1, of the questions with a flag."""
        return [place for place, each in enumerate(self.questions, 1) if each["id"] in self.exam.flags]

    def picked(self, question: Question) -> set[str]:
        """Return the ids of the options that are marked, as far as the question still has them."""
        marked = self.exam.answers.get(question["id"], [])
        return {option["id"] for option in question["options"]} & set(marked)

    def resume(self) -> None:
        """Count time from now on."""
        self._looked = self._clock()

    def tick(self) -> bool:
        """Count the time since the last look, and keep it every few seconds; say whether the time is over."""
        with self._alone:
            moment = self._clock()
            self.exam.used += min(max(0.0, moment - self._looked), PAUSE)
            self._looked = moment
            if self.exam.used - self._kept >= PAUSE:
                self.keep()
        return self.left <= 0

    def answer(self, question: Question, picked: set[str]) -> None:
        """Mark these options, and no others."""
        others = {each: marked for each, marked in self.exam.answers.items() if each != question["id"]}
        self.exam.answers = {**others, question["id"]: sorted(picked)} if picked else others
        self.keep()

    def flag(self) -> None:
        """Flag the question that is shown, or take its flag away."""
        flags, shown = self.exam.flags, self.current["id"]
        self.exam.flags = [each for each in flags if each != shown] if shown in flags else [*flags, shown]
        self.keep()

    def go(self, place: int) -> None:
        """Show the question at a place, from 0; the first or last where there is none."""
        self.exam.at = min(max(place, 0), len(self.questions) - 1)
        self.keep()

    def keep(self) -> None:
        """Write where the exam stands."""
        with self._alone:
            if self.finished:
                return
            with store.editing() as progress:
                progress.exam = self.exam
            self._kept = self.exam.used
            self.begun = True

    def finish(self) -> FinishedExam:
        """End the exam: its answers enter the log, and the exam the history."""
        used = round(min(self.exam.used, self.exam.minutes * 60), 1)
        fields = self.exam.model_dump(exclude={"at"})
        finished = FinishedExam.model_validate({**fields, "finished": now(), "used": used})
        with self._alone:
            with store.editing() as progress:
                self._enter(progress, finished)
            self.finished = finished
        return finished

    def _enter(self, progress: Progress, finished: FinishedExam) -> None:
        progress.exam = None
        progress.exams.append(finished)
        given = [(each, self.picked(each)) for each in self.questions if self.picked(each)]
        progress.record(
            Answer(
                question=each["id"],
                at=finished.finished,
                picked=sorted(picked),
                correct=is_correct(each, picked),
                mode="exam",
            )
            for each, picked in given
        )
