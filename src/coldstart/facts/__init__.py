"""Facts: what the course says about AWS, each with a proof, and the ``{fact:...}`` placeholders that carry them into text.

``{fact:ID}`` becomes value and unit ("10,240 MB"), ``{fact:ID:value}`` the bare value ("10,240"), ``{fact:ID:code}`` the value
as code has it ("10240"), ``{fact:ID:human}`` the largest fitting unit ("15 minutes" for 900 s, "40%" for a fraction of 0.4).
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from coldstart.errors import CourseError
from coldstart.facts.model import KEYS, SHAPE, Fact
from coldstart.facts.source import Stamped, read, refuse_duplicates, stamped
from coldstart.facts.wording import written
from coldstart.paths import BOOK

__all__ = ["Fact", "Facts", "load"]

_PLACEHOLDER = re.compile(r"\{fact:([^}:\s]*)(?::([^}\s]*))?\}")


class Facts(Mapping[str, Fact]):
    """All facts by id."""

    def __init__(self, facts: list[Fact]) -> None:
        self._facts = {fact.id: fact for fact in facts}

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def expand(self, text: str) -> str:
        """Replace every ``{fact:ID}`` and ``{fact:ID:form}``.

        Raises:
            CourseError: A fact or a form is unknown.
        """
        return _PLACEHOLDER.sub(lambda match: written(self.known(match[1]), match[2] or ""), text)

    def known(self, fact_id: str) -> Fact:
        """Return a fact.

        Raises:
            CourseError: There is none with this id; the message names the nearest.
        """
        if fact_id not in self._facts:
            near = get_close_matches(fact_id, self._facts, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "add it to book/facts/."
            raise CourseError(f"There is no fact {fact_id!r}; {hint}")
        return self._facts[fact_id]


def mentioned(text: str) -> list[str]:
    """Return the ids of the facts that a text has placeholders for, in order."""
    return [match[1] for match in _PLACEHOLDER.finditer(text)]


def load(folder: Path = BOOK / "facts") -> Facts:
    """Load every fact of a folder; a file is read again only when it has changed.

    Args:
        folder: Where the ``*.yaml`` files are.

    Raises:
        CourseError: A file is not as ``coldstart.facts.model`` tells, an id is taken twice, or a sibling is not known;
            with file and line.
    """
    return _loaded(stamped(sorted(folder.glob("*.yaml"))))


@lru_cache(maxsize=4)
def _loaded(files: tuple[Stamped, ...]) -> Facts:
    facts = [fact for path, _ in files for fact in read(path, SHAPE, KEYS)]
    refuse_duplicates(facts, "fact")
    loaded = Facts(facts)
    for fact in facts:
        _check_siblings(fact, loaded)
    return loaded


def _check_siblings(fact: Fact, facts: Facts) -> None:
    for sibling in fact.siblings:
        if sibling == fact.id or sibling not in facts:
            raise CourseError(
                f"{fact.where}: {fact.id!r} names the sibling {sibling!r}, which is not another fact; correct the id."
            )
        if fact.id not in facts[sibling].siblings:
            raise CourseError(f"{facts[sibling].where}: {sibling!r} must name {fact.id!r} as its sibling too.")
