"""Each rule of the lint: silent about good questions, and one sentence about the bad one."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from coldstart.quiz import lint
from coldstart.quiz.model import load_file

SAMPLE = Path(__file__).with_name("02-memory-cpu.yaml")
FIRST, SECOND, THIRD = "demo-one-answer", "demo-two-answers", "demo-figures"


def linted(tmp_path, facts, text):
    path = tmp_path / SAMPLE.name
    path.write_text(text, encoding="utf-8")
    return lint.findings(load_file(path), facts)


def test_the_made_up_questions_are_without_fault(tmp_path, facts):
    assert linted(tmp_path, facts, SAMPLE.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new", "question", "rule", "message"),
    [
        ("    - {id: reserve, ", "    - {id: reserve, correct: true, ", FIRST, "shape", "not 4 and 2"),
        ('    - {id: cores, text: "The number of vCPUs", ', "    # {", SECOND, "shape", "not 4 and 2"),
        (
            '"Reserve concurrency for it."',
            '"Reserve\\nconcurrency"',
            FIRST,
            "shape",
            "write option reserve on one line",
        ),
        (" (Choose TWO.)", "", SECOND, "cue", "end the stem with (Choose TWO.)"),
        ("TWO.)", "THREE.)", SECOND, "cue", "end the stem with (Choose TWO.)"),
        ("(Choose TWO.)", "(Choose TWO.) Think.", SECOND, "cue", "end the stem with"),
        ("faster?", "faster? (Choose TWO.)", FIRST, "cue", "remove (Choose ...)"),
        ('"The time of day"', '"All of the above"', SECOND, "catch-all", "option wall: say what you mean"),
        (
            "That was the limit in the first years of the service and was raised long ago.",
            "Too short.",
            THIRD,
            "rationale",
            "why a",
        ),
        (
            "No function runs for a whole day; a workflow that calls several functions can do so.",
            "That was the limit in the first years of the service and was raised long ago.",
            THIRD,
            "rationale",
            "options a and d have the same why",
        ),
        (
            "Raise `MemorySize` above",
            "Raise the setting that is called `MemorySize` so that it lies above",
            FIRST,
            "longest",
            "times as long",
        ),
        ("It is slow", "It is slow " * 50, FIRST, "length", "shorten the stem from"),
        ("The time of day", "The time of day " * 10, SECOND, "length", "shorten option wall"),
        ('"300 seconds"', '"3,000 seconds"', THIRD, "order", "put the figures"),
        ("02-memory-cpu#setting", "02-memory-cpu#settings", THIRD, "references", "no heading with {#settings}"),
        ("02-memory-cpu#setting", "14-aliases#weights", THIRD, "references", "another section's"),
        ("[1.2.2, 4.3.2]", "[1.2.9]", SECOND, "references", "skill 1.2.9"),
        (
            "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout",
            "https://example.com/",
            THIRD,
            "references",
            "docs.aws",
        ),
        (
            "facts: [demo.memory.min]",
            "facts: [demo.memory.mni]",
            FIRST,
            "facts",
            "there is no fact demo.memory.mni",
        ),
        ("{fact:demo.timeout.max:human}", "{fact:demo.no}", FIRST, "facts", "there is no fact demo.no"),
        ("proof: cited", "proof: full", THIRD, "label", "earn the label 'cited', not 'full'"),
        ("proof: full", "proof: cited", FIRST, "label", "earn the label 'full', not 'cited'"),
        ("{fact:demo.memory.min}", "128 MB", FIRST, "literal", "stem: write {fact:demo.memory.min} for '128 MB'"),
        (
            "{fact:demo.timeout.max:human}",
            "15 minutes",
            FIRST,
            "literal",
            "option timeout: write {fact:demo.timeout.max}",
        ),
        (
            "so that it does not matter",
            "in 5400 s it does not matter",
            SECOND,
            "literal",
            "why wall: write {fact:demo.timeout.max.managed}",
        ),
        ("  proof: full", '  proof: full\n  literals: ["1 GB"]', FIRST, "literal", "'1 GB', which does not occur"),
        ("On default compute, for", "For", THIRD, "sibling", "option c holds for managed-instances; name the scope"),
        (
            '"The time of day"',
            '"Always the time of day"',
            SECOND,
            "absolute",
            "option wall: 'Always' marks it as wrong",
        ),
        (
            "Which figures enter the calculation?",
            "Which figures do not enter it?",
            SECOND,
            "negative",
            "write NOT in capitals",
        ),
    ],
)
def test_a_fault_is_found(tmp_path, facts, old, new, question, rule, message):
    text = SAMPLE.read_text()
    assert old in text
    found = [finding for finding in linted(tmp_path, facts, text.replace(old, new, 1)) if finding.rule == rule]
    assert [finding.question for finding in found] == [question] * len(found)
    assert any(message in finding.message for finding in found), found


def test_a_declared_figure_of_the_scenario_is_no_literal(tmp_path, facts):
    text = (
        SAMPLE.read_text()
        .replace("{fact:demo.memory.min}", "128 MB", 1)
        .replace("proof: full", 'proof: full\n  literals: ["128 MB"]', 1)
    )
    assert linted(tmp_path, facts, text) == []


def test_a_stem_that_is_asked_twice_is_found(tmp_path, facts):
    third = SAMPLE.read_text().split("- id: demo-figures")[1]
    found = linted(
        tmp_path, facts, f"{SAMPLE.read_text()}\n- id: demo-again{third}".replace("at most?", "at the most?", 1)
    )
    assert [(item.rule, item.question) for item in found] == [("duplicate", "demo-again")]
    assert "its stem repeats demo-figures at" in found[0].message


def test_a_file_whose_key_is_the_longest_too_often_is_found(tmp_path, facts):
    third = (
        SAMPLE.read_text()
        .split("- id: demo-figures")[1]
        .replace('"{fact:demo.timeout.max}"', '"roughly {fact:demo.timeout.max}"')
    )
    items = [
        f"- id: demo-copy-{number}{third.replace('On default', f'Asked {number} ' * number + 'on default')}"
        for number in range(1, 7)
    ]
    found = [item for item in linted(tmp_path, facts, "\n".join(items)) if item.rule == "longest-too-often"]
    assert "the longest in 6 of 6 questions" in found[0].message


def test_check_prints_what_is_wrong_and_ends_with_a_status(monkeypatch):
    shown = Console(file=io.StringIO(), width=160)
    assert lint.check(shown) == 0
    assert "0 errors" in shown.file.getvalue()

    monkeypatch.setattr(lint, "WHY_MIN", 10_000)
    shown = Console(file=io.StringIO(), width=160)
    assert lint.check(shown) == 1
    assert "explain in at least 10000 characters" in shown.file.getvalue()
