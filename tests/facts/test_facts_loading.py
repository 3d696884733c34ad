"""Facts files: what is read, and the one sentence about what cannot be."""

import os

import pytest

from coldstart.errors import CourseError
from coldstart.facts import load

GOOD = """\
- id: lambda.memory.min
  claim: "It is {value}."
  value: 128
  unit: MB
  proofs: [{kind: model, at: MemorySize.min}]
"""


def test_a_facts_file_becomes_facts_that_know_their_line(facts_file):
    fact = load(facts_file("# a comment\n\n" + GOOD))["lambda.memory.min"]
    assert (fact.value, fact.unit, fact.where.line) == (128, "MB", 3)


def test_a_file_is_read_again_when_it_has_changed(facts_file):
    folder = facts_file(GOOD)
    assert load(folder) is load(folder)
    facts_file(GOOD.replace("128", "129"))
    os.utime(folder / "some.yaml", ns=(1, 1))
    assert load(folder)["lambda.memory.min"].value == 129


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("  value: 128\n", "", 1, "the item needs the key 'value'"),
        ("unit:", "units:", 4, "'units' is not a key that belongs here; did you mean 'unit'?"),
        ("unit: MB", "unit: MB\n  colour: red", 5, "'colour' is not a key that belongs here; remove it"),
        ("unit: MB", "unit: MB\n  unit: GB", 5, "duplicate key"),
        ("It is {value}.", "It is 128.", 2, "claim: expected a sentence that contains {value}"),
        ("kind: model", "kind: modle", 5, "proofs[0] has 'kind' 'modle'; expected 'model'"),
        ("kind: model, ", "", 5, "proofs[0] needs the key 'kind'"),
        ("MemorySize.min", "MemorySize.least", 5, "proofs[0].at: string should match pattern"),
        ("[{kind: model, at: MemorySize.min}]", "[]", 5, "proofs: tuple should have at least 1 item"),
        (
            "kind: model, at: MemorySize.min",
            "kind: model_doc, at: Timeout, regex: 'x'",
            5,
            "expected exactly one (group)",
        ),
        (
            "kind: model, at: MemorySize.min",
            "kind: model_doc, at: Timeout, regex: '('",
            5,
            "is not a regular expression",
        ),
        (
            "[{kind: model, at: MemorySize.min}]",
            "[{kind: model, at: MemorySize.min}, {at: MemorySize.min, kind: model}]",
            5,
            "proofs: [1] is the same as [0]; delete one of them",
        ),
        ("unit: MB", "unit: [MB", 5, "is not valid YAML"),
        ("unit: MB", "siblings: [lambda.other]", 1, "names the sibling 'lambda.other'"),
    ],
)
def test_a_fault_is_told_with_file_line_and_what_is_expected(facts_file, old, new, line, expected):
    folder = facts_file(GOOD.replace(old, new))
    with pytest.raises(CourseError) as error:
        load(folder)
    assert str(error.value).startswith(f"{folder / 'some.yaml'}:{line}: ")
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "expected a list"),
        (b"id: x", "expected a list"),
        (b"- just text", "must be keys with values"),
        (b"\xff\xfe", "not UTF-8"),
        (b"- \x00", "not valid YAML"),
        (b"- a: *b", "not valid YAML"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, content, expected):
    (tmp_path / "odd.yaml").write_bytes(content)
    with pytest.raises(CourseError, match=expected) as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / 'odd.yaml'}:1: ")


def test_an_id_taken_twice_names_both_places(facts_file):
    facts_file(GOOD, "a.yaml")
    folder = facts_file(GOOD, "b.yaml")
    with pytest.raises(
        CourseError, match=r"b\.yaml:1: the fact id 'lambda.memory.min' is already taken at .*a\.yaml:1"
    ):
        load(folder)


def test_siblings_must_name_each_other(facts_file):
    other = GOOD.replace("lambda.memory.min", "lambda.other")
    folder = facts_file(GOOD.replace("unit: MB", "siblings: [lambda.other]") + other)
    with pytest.raises(CourseError, match=r":6: 'lambda.other' must name 'lambda.memory.min'"):
        load(folder)
