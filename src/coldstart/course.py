"""The sections of the course and where their files are.

One source, ``book/course.yaml``: whatever lists sections (site, quiz, tests, command line) reads it here.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from coldstart.errors import CourseError
from coldstart.paths import BOOK, LABS, QUIZZES


@dataclass(frozen=True)
class Section:
    """One section: a chapter to read, a lab to run, a quiz to take.

    Attributes:
        slug: File name of everything that belongs to the section, such as ``14-aliases``.
        title: Heading for people.
        summary: One sentence.
        minutes: Time a learner needs for the lab.
        skills: Skill ids of the DVA-C03 exam guide.
    """

    slug: str
    title: str
    summary: str
    minutes: int
    skills: tuple[str, ...]

    @property
    def number(self) -> str:
        """The two digits in front, ``14``."""
        return self.slug.split("-", 1)[0]

    @property
    def chapter(self) -> Path:
        """The chapter's Markdown file."""
        return BOOK / f"{self.slug}.md"

    @property
    def lab(self) -> Path:
        """The notebook with the stored outputs."""
        return LABS / f"{self.slug}.ipynb"

    @property
    def functions(self) -> Path:
        """The folder of handlers that the lab deploys."""
        return LABS / "functions" / self.slug

    @property
    def checks(self) -> Path:
        """The Python file with the lab's checks."""
        return LABS / "checks" / f"{self.slug}.py"

    @property
    def quiz(self) -> Path:
        """The question file."""
        return QUIZZES / f"{self.slug}.yaml"


@cache
def sections() -> tuple[Section, ...]:
    """Return every section, in the order of the course."""
    data = YAML(typ="safe").load(BOOK / "course.yaml")
    return tuple(Section(**{**entry, "skills": tuple(entry["skills"])}) for entry in data["sections"])


def section(name: str) -> Section:
    """Return the section with this slug or number.

    Args:
        name: ``14-aliases`` or ``14``.

    Raises:
        CourseError: No section has that name.
    """
    for candidate in sections():
        if name in (candidate.slug, candidate.number, candidate.number.lstrip("0")):
            return candidate
    known = ", ".join(s.slug for s in sections())
    raise CourseError(f"There is no section {name!r}; the sections are: {known}.", status=2)
