"""What a question is, and how to load them: the format of ``quizzes/<slug>.yaml``.

A file is a list of questions::

    - id: aliases-weights-sum            # stable for ever: learners' answers are kept by it
      type: multiple_choice              # 4 options, 1 correct; or multiple_response: 5 or 6 options, 2 or 3 correct
      level: apply                       # recall, apply, analyze
      skills: [3.2.4, 3.3.6]             # DVA-C03; the vocabulary is quizzes/exams/dva-c03.yaml
      section: 14-aliases#weights        # the heading where the answer is taught
      stem: |                            # Markdown; ends in "(Choose TWO.)" or "(Choose THREE.)" for multiple_response
        A team ... Which ... ?
      options:
        - id: a                          # stable too; the order on screen is shuffled
          text: "Set `AdditionalVersionWeights` to ..."
          correct: true                  # left out where false
          why: "At least forty characters: why it is right, or which misconception it is."
      facts: [lambda.alias.versions.max] # what proves the key
      sources: ["https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html"]
      proof: full                        # full: every fact is machine-proven; partial: some; cited: sources only
      literals: ["512 MB"]               # optional: figures of the scenario that merely look like a fact

Figures that are facts are written ``{fact:ID}`` in stem, text and why (forms: see ``coldstart.facts``).

A **trace** item asks what a piece of code returns or logs, and nobody writes down the key unseen: a test runs the code::

      type: trace                        # 4 options, 1 correct
      stem: "... {code} ..."             # {code} becomes the file, as a block
      code: 01-functions/counter.py      # below quizzes/code; its function is `handler`
      events: ['{"n": 1}', '{"n": 2}']   # one execution environment gets them, one after the other
      shows: returns                     # returns: what each invocation returned; logs: the lines that the function wrote
      settings: {Timeout: 1}             # optional: of CreateFunction
      options:
        - {id: a, text: "`1`, then `2`", ...}   # the code spans of the key are what the run shows, in order; no other option's are
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, model_validator

from coldstart import course
from coldstart.errors import CourseError
from coldstart.facts import mentioned
from coldstart.facts.source import Located, Stamped, Strict, read, refuse_duplicates, stamped
from coldstart.paths import QUIZZES

Level = Literal["recall", "apply", "analyze"]
Label = Literal["full", "partial", "cited"]

CODE: Final = "{code}"
"""Where a trace item's stem shows the code."""


class Option(Strict):
    """One answer to choose, with the reason why it is right or wrong."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    text: Annotated[str, Field(min_length=1)]
    correct: bool = False
    why: Annotated[str, Field(min_length=1)]


class _Question(Located):
    """What every type of question has."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$")]
    level: Level
    skills: Annotated[tuple[str, ...], Field(min_length=1)]
    section: Annotated[str, Field(pattern=r"^\d\d-[a-z0-9-]+#[a-z0-9_-]+$")]
    stem: Annotated[str, Field(min_length=1)]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    facts: tuple[str, ...] = ()
    sources: Annotated[tuple[Annotated[str, Field(pattern=r"^https://\S+$")], ...], Field(min_length=1)]
    proof: Label
    literals: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _option_ids_differ(self) -> "_Question":
        ids = [option.id for option in self.options]
        if len(set(ids)) < len(ids):
            raise ValueError(f"expected every option to have its own id, found {', '.join(ids)}")
        if not self.keys:
            raise ValueError("expected at least one option with 'correct: true'")
        return self

    @property
    def asked(self) -> str:
        """The stem as a person reads it."""
        return self.stem

    @property
    def keys(self) -> tuple[Option, ...]:
        """The correct options."""
        return tuple(option for option in self.options if option.correct)

    @property
    def distractors(self) -> tuple[Option, ...]:
        """The wrong options."""
        return tuple(option for option in self.options if not option.correct)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text for people with the name of its place (``stem``, ``option a``, ``why a``)."""
        yield "stem", self.stem
        for option in self.options:
            yield f"option {option.id}", option.text
            yield f"why {option.id}", option.why

    def fact_ids(self) -> list[str]:
        """Return the facts that the question rests on or mentions, each once."""
        placeholders = [fact_id for _, text in self.texts() for fact_id in mentioned(text)]
        return list(dict.fromkeys([*self.facts, *placeholders]))


class MultipleChoice(_Question):
    """Four options, one of them correct."""

    type: Literal["multiple_choice"]


class MultipleResponse(_Question):
    """Five or six options, two or three of them correct; all must be chosen."""

    type: Literal["multiple_response"]


class Trace(_Question):
    """Four options that say what some code returns or logs; running the code finds the correct one."""

    type: Literal["trace"]
    code: Annotated[str, Field(pattern=r"^\d\d-[a-z0-9-]+/\w+\.py$")]
    events: Annotated[tuple[str, ...], Field(min_length=1)]
    shows: Literal["returns", "logs"]
    settings: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shows_its_code(self) -> "Trace":
        if self.stem.count(CODE) != 1:
            raise ValueError(f"expected the stem to have {CODE} once, where the code is to stand")
        if not self.path.exists():
            raise ValueError(f"expected the code at quizzes/code/{self.code}, found no such file")
        return self

    @property
    def path(self) -> Path:
        """Where the code is."""
        return QUIZZES / "code" / self.code

    @property
    def asked(self) -> str:
        """The stem with the code in its place."""
        return self.stem.replace(CODE, f"\n\n```python\n{self.path.read_text(encoding='utf-8').strip()}\n```\n\n")


Question = MultipleChoice | MultipleResponse | Trace

_SHAPE: Final[TypeAdapter[Question]] = TypeAdapter(Annotated[Question, Field(discriminator="type")])
_KEYS: Final = frozenset(key for model in (Trace, Option) for key in model.model_fields)


def load_file(path: Path) -> list[Question]:
    """Load one question file.

    Raises:
        CourseError: The file is not as this module tells, or an id is taken twice; with file and line.
    """
    questions = read(path, _SHAPE, _KEYS)
    refuse_duplicates(questions, "question")
    return questions


def questions(slug: str) -> tuple[Question, ...]:
    """Return the questions of a section.

    Args:
        slug: ``14-aliases`` or ``14``.

    Raises:
        CourseError: The section is unknown, has no question file, or the file has a fault.
    """
    section = course.section(name=slug)
    if not section.quiz.exists():
        raise CourseError(f"Section {section.slug} has no quiz yet; write quizzes/{section.quiz.name}.")
    return _loaded(*stamped([section.quiz]))


@lru_cache(maxsize=32)
def _loaded(file: Stamped) -> tuple[Question, ...]:
    return tuple(load_file(file[0]))
