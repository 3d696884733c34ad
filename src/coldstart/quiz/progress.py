"""What a learner has answered: one JSON of a version that the terminal's file, the browser and an export share.

::

    {"format": "coldstart-progress", "version": 2,
     "log": [{"question", "at": "2026-11-25T12:00:00.000Z", "picked": ["a"], "correct": true, "mode": "section"}],
     "flags": ["aliases-weights-sum"],
     "attempts": {"14-aliases": {...}},     # where a section's quiz stands in the browser; kept as it is
     "exam": null,                          # the mock exam that is under way
     "exams": [{"exam", "seed", "started", "finished", "minutes", "used", "questions", "answers", "flags"}]}

Every answer is in ``log``, the oldest first. A question that has left the course stays in it and is not shown.
"""

import json
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from coldstart.errors import CourseError

FORMAT: Final = "coldstart-progress"
VERSION: Final = 2

T = TypeVar("T")


class ProgressError(CourseError):
    """A text is not progress that this version of the course reads; the message goes behind the name of the file."""


class NewerProgressError(ProgressError):
    """A text was written by a newer version of the course; it is whole, and to be kept as it is."""


def _real(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"), AfterValidator(_real)]
"""A time as JavaScript's ``toISOString`` writes it: the order of the texts is the order of the times."""
Seconds = Annotated[int | float, Field(ge=0)]
Mode = Literal["section", "practice", "review", "exam"]
"""Where an answer was given."""
Picks = dict[str, list[str]]
"""Question id to the ids of the chosen options."""


class Record(BaseModel):
    """A part of the JSON with exactly the keys it names."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Answer(Record):
    """One answer to one question."""

    question: str
    at: Moment
    picked: list[str]
    correct: bool
    mode: Mode

    @property
    def time(self) -> datetime:
        """When it was given."""
        return datetime.fromisoformat(self.at)


class Exam(Record):
    """A mock exam: what was asked, and what was answered.

    Attributes:
        seed: Order of the options.
        minutes: Time that there is, extra time included.
        used: Seconds that were worked.
    """

    exam: str
    seed: int
    started: Moment
    minutes: Annotated[int | float, Field(gt=0)]
    used: Seconds
    questions: list[str]
    answers: Picks
    flags: list[str]


class ExamUnderWay(Exam):
    """A mock exam that is not finished; ``at`` is the place of the question that is shown, from 0."""

    at: Annotated[int, Field(ge=0)] = 0


class FinishedExam(Exam):
    """A mock exam that was finished, or ended with its time."""

    finished: Moment


class Progress(Record):
    """The whole of it."""

    format: Literal["coldstart-progress"] = FORMAT
    version: Literal[2] = VERSION
    log: list[Answer] = []
    flags: list[str] = []
    attempts: dict[str, dict[str, Any]] = {}
    exam: ExamUnderWay | None = None
    exams: list[FinishedExam] = []

    def record(self, answers: Iterable[Answer]) -> None:
        """Add answers; the log stays in the order of time, also on a machine whose clock was set back."""
        self.log = sorted([*self.log, *answers], key=_when)

    def text(self) -> str:
        """Return the JSON, the same for the same progress."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def now() -> str:
    """Return the time as the JSON writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str | bytes) -> Progress:
    """Read the JSON.

    Raises:
        NewerProgressError: A newer version of the course wrote it.
        ProgressError: It is cut off, something else, or has a part that does not belong there.
    """
    try:
        data = json.loads(text if isinstance(text, str) else text.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ProgressError("is no whole JSON: it was cut off or is something else") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProgressError(f"is not progress in this course: it does not say format {FORMAT!r}")
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerProgressError(f"was written by a newer version of the course ({version}; this one reads {VERSION})")
    try:
        return Progress.model_validate(data)
    except ValidationError as error:
        raise ProgressError(f"is damaged: {_fault(error)}") from error


def merged(mine: Progress, theirs: Progress) -> Progress:
    """Return both together: every answer, flag and finished exam once.

    The exam that is under way is mine, or theirs where I have none and have not finished it either.

    Args:
        mine: What was there.
        theirs: What comes in.
    """
    exams = _union(mine.exams, theirs.exams, lambda exam: (exam.exam, exam.started))
    finished = {(exam.exam, exam.started) for exam in exams}
    under_way = [exam for exam in (mine.exam, theirs.exam) if exam and (exam.exam, exam.started) not in finished]
    return Progress(
        log=sorted(_union(mine.log, theirs.log, lambda answer: (answer.question, answer.at)), key=_when),
        flags=_union(mine.flags, theirs.flags, str),
        attempts={**theirs.attempts, **mine.attempts},
        exam=next(iter(under_way), None),
        exams=sorted(exams, key=lambda exam: (exam.started, exam.exam)),
    )


def _union(mine: Iterable[T], theirs: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    both: dict[Hashable, T] = {}
    for item in [*mine, *theirs]:
        both.setdefault(key(item), item)
    return list(both.values())


def _when(answer: Answer) -> tuple[str, str]:
    return answer.at, answer.question


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"])) or "the whole"
    return f"at {place}, {first['msg'][0].lower()}{first['msg'][1:]}"
