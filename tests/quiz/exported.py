"""What the tests of the exports share: banks that try the formats, and how an export looks from outside."""

from coldstart import course
from coldstart.quiz import render
from coldstart.quiz.bank import bank

CODE = """\
def handler(event, context):
    seen = {"a": 1, "b": [2, 3]}  # {~=:#} and a tab\\tand \\\\ are text

    return f"{seen['a']}: {event!r} -> {1 <= 2 and '<b>&amp;</b>'}\\n"
"""


def fenced(source, language="python"):
    return f"```{language}\n{source}```"


def text(markdown):
    return {"html": render.block(markdown), "text": markdown.strip()}


def option(name, markdown, *, correct=False):
    why = text(f"Because of `{name} = {{1}}`: the #1 reason ~ at 50 %, and code that says so:\n\n{fenced(CODE)}")
    return {"id": name, "correct": correct, "html": render.inline(markdown), "text": markdown, "why": why}


TRACE = {
    "id": "demo-trace",
    "type": "trace",
    "choose": 1,
    "level": "analyze",
    "skills": ["1.2.3", "4.1.1"],
    "shuffle": True,
    "section": {"slug": "02-memory-cpu", "anchor": "setting"},
    "stem": text(f"What does this handler return?\n\n{fenced(CODE)}\n\n- It is invoked **once**\n- with `{{}}`"),
    "options": [
        option("braces", "`{'a': 1}`"),
        option("block", fenced('{"statusCode": 200,\n\n "body": "a = b; # {c}"}\n', "json"), correct=True),
        option("error", "An error: `KeyError: 'a'` → `~/x`\\"),
        option("none", "`None`, i.e. *nothing*"),
    ],
    "sources": ["https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html"],
    "proof": {"label": "full", "run": True, "facts": []},
}
"""A question whose code, in stem, option and reason, has what each format uses as a mark of its own."""


def every_bank():
    """The banks of the course."""
    return [bank(section.slug) for section in course.sections() if section.quiz.exists()]


def asked(banks):
    """Every question of banks, by id."""
    return {question["id"]: question for items in banks for question in items["questions"]}


def keys(question):
    return [each["id"] for each in question["options"] if each["correct"]]


def order(question):
    return [each["id"] for each in question["options"]]
