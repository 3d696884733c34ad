"""Question files: what is read, and the one sentence about what cannot be."""

from pathlib import Path

import pytest

from coldstart.errors import CourseError
from coldstart.quiz.model import load_file, questions

SAMPLE = Path(__file__).with_name("02-memory-cpu.yaml")


def line_of(text):
    return next(number for number, line in enumerate(SAMPLE.read_text().splitlines(), 1) if text in line)


def test_a_question_file_becomes_questions_that_know_their_line():
    loaded = load_file(SAMPLE)
    assert [(item.id, item.where.line) for item in loaded] == [(item.id, line_of(f"id: {item.id}")) for item in loaded]
    assert [len(item.keys) for item in loaded] == [1, 2, 1]
    assert loaded[2].fact_ids() == ["demo.timeout.max", "demo.timeout.max.managed"]


@pytest.mark.parametrize(
    ("old", "new", "at", "expected"),
    [
        (
            "type: multiple_response",
            "type: multiple_answer",
            "demo-two-answers",
            "has 'type' 'multiple_answer'; expected 'multiple_choice', 'multiple_response'",
        ),
        ("  level: recall\n", "", "demo-figures", "the item needs the key 'level'"),
        ("level: recall", "level: hard", "level: recall", "level: input should be 'recall', 'apply' or 'analyze'"),
        (
            "skills: [1.2.2, 4.3.2]",
            "skill: [1.2.2]",
            "skills: [1.2.2, 4.3.2]",
            "'skill' is not a key that belongs here; did you mean 'skills'?",
        ),
        ("#setting", "", "#setting", "section: string should match pattern"),
        ("{id: d, text", "{id: d, txet", "id: d, text", "'txet' is not a key that belongs here; did you mean 'text'?"),
        ("{id: d, text", "{id: c, text", "demo-figures", "expected every option to have its own id"),
        (
            '{fact:demo.timeout.max}", correct: true',
            '{fact:demo.timeout.max}"',
            "demo-figures",
            "expected at least one option with 'correct: true'",
        ),
        (
            "id: demo-figures",
            "id: demo-one-answer",
            "demo-figures",
            "the question id 'demo-one-answer' is already taken at",
        ),
        ("correct: true", "correct: maybe", "correct: true", "options[0].correct: input should be a valid boolean"),
        (
            'sources: ["https://docs',
            'sources: ["docs',
            "configuration-memory.html",
            "sources[0]: string should match pattern",
        ),
        ("    - {id: a, text", "   - {id: a, text", "{id: b,", "is not valid YAML"),
    ],
)
def test_a_fault_is_told_with_file_line_and_what_is_expected(tmp_path, old, new, at, expected):
    path = tmp_path / SAMPLE.name
    path.write_text(SAMPLE.read_text().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError) as error:
        load_file(path)
    assert expected in str(error.value)
    assert abs(int(str(error.value).split(":")[1]) - line_of(at)) <= ("YAML" in expected)
    assert "\n" not in str(error.value)


def test_an_unknown_section_is_refused():
    with pytest.raises(CourseError, match="There is no section '99'"):
        questions("99")
