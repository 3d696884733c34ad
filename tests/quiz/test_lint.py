"""Each rule of the lint: silent about good questions, and one sentence about the bad one."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from coldstart.facts import Facts
from coldstart.quiz import lint
from coldstart.quiz.model import load_file, questions

SAMPLE = Path(__file__).with_name("02-memory-cpu.yaml")
FIRST, SECOND, THIRD = "demo-one-answer", "demo-two-answers", "demo-figures"


def linted(tmp_path, facts, text):
    """The faults of a file; the age of the made-up citation is no matter here."""
    path = tmp_path / SAMPLE.name
    path.write_text(text, encoding="utf-8")
    return [found for found in lint.findings(load_file(path), facts) if found.rule != "freshness"]


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
        ('"The time of day"', '"True"', SECOND, "catch-all", "option wall: say what you mean instead of 'True'"),
        (
            '"Reserve concurrency for it."',
            '"Reserve concurrency for it"',
            FIRST,
            "parallel",
            "reserve has no full stop",
        ),
        (
            "Processor time is shared",
            "CloudWatch Events and time are shared",
            FIRST,
            "retired",
            "Amazon EventBridge now",
        ),
        ("Lambda has no tariff", "Step Functions has no tariff", SECOND, "why-scope", "brings in Step Functions"),
        (
            "A team wants",
            "Notwithstanding organizational considerations regarding accountability, departments investigating expenditure attribution methodologies want",
            SECOND,
            "readability",
            "grade",
        ),
        ("Which change makes it faster?", "Which memorysize setting makes it faster?", FIRST, "clang", "'memorysize'"),
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

    monkeypatch.setattr(lint.wording, "WHY_MIN", 10_000)
    shown = Console(file=io.StringIO(), width=160)
    assert lint.check(shown) == 1
    assert "explain in at least 10000 characters" in shown.file.getvalue()


def test_a_citation_that_nobody_has_read_for_long_is_found(facts):
    found = [item for item in lint.findings(load_file(SAMPLE), facts) if item.rule == "freshness"]
    assert {item.question for item in found} == {SECOND, THIRD}
    assert "read" in found[0].message


def test_a_fact_that_does_not_hold_any_more_is_found_at_its_questions(facts):
    changed = facts["demo.memory.min"].model_copy(update={"value": 256})
    found = lint.findings(
        load_file(SAMPLE), Facts([changed, *(fact for fact in facts.values() if fact.id != changed.id)])
    )
    failed = [item for item in found if item.rule == "proof"]
    assert [item.question for item in failed] == [FIRST, SECOND]
    assert "its model proof fails" in failed[0].message


def test_the_same_facts_with_the_same_answer_are_one_question_too_many(tmp_path, facts):
    third = SAMPLE.read_text().split("- id: demo-figures")[1]
    stem = "A function on default compute waits for a slow printer. After which time is it stopped, whatever its owner wishes?"
    again = third.replace("On default compute, for how long may one invocation of a function run at most?", stem)
    found = linted(tmp_path, facts, f"{SAMPLE.read_text()}\n- id: demo-again{again}")
    assert [(item.rule, item.question) for item in found] == [("duplicate", "demo-again")]
    assert "the facts and the answer of demo-figures" in found[0].message


def test_a_stem_that_tells_the_answer_of_another_is_found(tmp_path, facts):
    third = SAMPLE.read_text().split("- id: demo-figures")[1]
    telling = third.replace(
        "On default compute, for",
        "Somebody may wish to reserve concurrency for it, now and later. On default compute, for",
    )
    text = (
        SAMPLE.read_text()
        .replace('correct: true, why: "Processor', 'why: "Processor')
        .replace('"Reserve concurrency for it.",', '"Reserve concurrency for it, now and later.", correct: true,')
    )
    found = linted(tmp_path, facts, f"{text.split('- id: demo-figures')[0]}- id: demo-figures{telling}")
    assert ("independence", THIRD) in [(item.rule, item.question) for item in found]


def test_a_bank_that_is_not_spread_like_the_exam_is_found(facts):
    said = " ".join(item.message for item in lint.whole.coverage(load_file(SAMPLE), facts))
    assert "domain 1 has 100% of the questions (3 of 3), the exam 30%" in said
    assert "skill 3.3.6 (blue/green, canary and rolling deployments) has 0 questions" in said
    assert "questions ask for recall" not in said


def test_too_much_recall_and_keys_in_one_place_are_found(facts, monkeypatch):
    one, _, third = load_file(SAMPLE)
    said = [item.message for item in lint.whole.coverage([one, third, third], facts)]
    assert any("2 of 3 questions ask for recall" in message for message in said)

    monkeypatch.setattr(lint.whole, "build", lambda *_: {"questions": [_entry(0)] * 20})
    assert any("[20, 0, 0, 0]" in item.message for item in lint.whole.coverage([one], facts))


def _entry(place):
    options = [{"correct": index == place} for index in range(4)]
    return {"shuffle": True, "choose": 1, "options": options}


def test_a_trace_item_whose_options_could_not_be_told_apart_is_found(tmp_path, facts):
    item = next(item for item in questions("01-functions") if item.type == "trace")
    same = tuple(
        option.model_copy(update={"text": text})
        for option, text in zip(item.options, ("`1`", "`1`", "one", "`2`"), strict=True)
    )
    said = [
        found.message for found in lint.findings([item.model_copy(update={"options": same})]) if found.rule == "traced"
    ]
    assert [message.partition(":")[0] for message in said if "in `code`" in message] == ["option error"]
    assert sum("shows the same as another" in message for message in said) == 2
