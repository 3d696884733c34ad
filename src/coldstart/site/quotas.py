"""The page of Lambda's quotas: ``book/quotas.yaml`` says which there are, the facts say how large they are.

The file is a list of groups::

    - id: execution
      title: A function and its execution environments
      rows:
        - words: Memory
          value: "{fact:lambda.memory.min.default} to {fact:lambda.memory.max.default}"
          source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

``adjustable`` of a row is whether AWS raises the quota on request, ``note`` what there is to add, and ``source`` the page that says so.
A row without a source is a constraint of the API itself, which refuses more.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, model_validator

from coldstart.facts.source import Located, Strict, read
from coldstart.paths import BOOK

SOURCE: Final = BOOK / "quotas.yaml"
FACT: Final = re.compile(r"\{fact:([^}:\s]+)[^}\s]*\}")
HEAD: Final = """\
---
title: Quotas
description: Lambda's quotas on one page, each value with its proof, and which of them AWS raises on request.
---

# Quotas

What Lambda allows, per Region and on default compute unless a row says otherwise. Each value leads to what proves it. *Raised?* says whether
AWS raises the quota on request, and links to where AWS says so; where it says *the API refuses more*, there is nothing to ask for.
A new account may begin with less concurrency and memory than these figures: the Service Quotas console shows what holds for yours.
"""


class Row(Strict):
    """One quota.

    Attributes:
        words: What is limited.
        value: How much, with every figure as ``{fact:…}``.
        adjustable: Whether AWS raises it on request.
        note: What there is to add, after yes or no.
        source: The page of AWS that says whether it is adjustable; None if the API refuses more.
    """

    words: str
    value: str
    adjustable: bool = False
    note: str = ""
    source: Annotated[str | None, Field(pattern=r"^https://docs\.aws\.amazon\.com/\S+$")] = None

    @model_validator(mode="after")
    def _types_no_figure(self) -> "Row":
        if not FACT.search(self.value):
            raise ValueError("value needs at least one {fact:...}")
        typed = re.findall(r"\d+", FACT.sub("", f"{self.words} {self.value} {self.note}"))
        if typed:
            raise ValueError(f"{typed[0]} is typed; write it as {{fact:...}}")
        if self.adjustable and not self.source:
            raise ValueError("an adjustable quota needs a source that says so")
        return self

    @property
    def facts(self) -> list[str]:
        """The ids of the facts that it shows."""
        return FACT.findall(self.value + self.note)


class Group(Located):
    """Quotas of one kind, under a heading with the id as its anchor."""

    title: str
    rows: tuple[Row, ...]


SHAPE: Final = TypeAdapter(Group)
KEYS: Final = frozenset(Group.model_fields) | frozenset(Row.model_fields)


def load() -> list[Group]:
    """Return the groups of the file.

    Raises:
        CourseError: The file is not what it must be; the sentence names the line.
    """
    return read(SOURCE, SHAPE, KEYS)


def page(groups: Sequence[Group]) -> str:
    """Return the Markdown of the page; its facts are still placeholders."""
    return HEAD + "".join(map(_group, groups))


def _group(group: Group) -> str:
    head = f"\n## {group.title} {{#{group.id}}}\n\n| Quota | Value | Raised? |\n| --- | --- | --- |\n"
    return head + "".join(f"| {row.words} | {row.value} | {_raised(row)} |\n" for row in group.rows)


def _raised(row: Row) -> str:
    words = "; ".join(filter(None, ["yes" if row.adjustable else "no", row.note]))
    return f"{words} ([AWS]({row.source}))" if row.source else f"{words}, the API refuses more"
