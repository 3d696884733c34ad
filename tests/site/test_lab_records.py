"""A lab's page says when and on what the lab last ran."""

import json

import pytest

from coldstart.errors import CourseError
from coldstart.site import records

RUN = {
    "slug": "99-test",
    "ran_at": "2026-11-23T14:05:09+00:00",
    "seconds": 6.04,
    "target": "localstack-dockerless 0.1.0",
    "emulator": "0.1.0",
    "isolation": "each function was in a sandbox",
    "outcome": "passed",
    "checks": [{"name": "a", "passed": True, "message": ""}, {"name": "b", "passed": False, "message": "no"}],
}


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    return (tmp_path / "99-test.json").write_text


def test_a_lab_that_has_not_run_has_no_record(record):
    assert records.load("99-test") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {},
            "23 November 2026, 14:05 UTC, on localstack-dockerless 0.1.0, in 6.0 s: 1 of 2 checks passed.",
        ),
        ({"outcome": "error", "target": "AWS"}, "on AWS, in 6.0 s: a cell ended in an error."),
        ({"ran_at": "2026-11-24T00:30:00+02:00"}, "23 November 2026, 22:30 UTC"),
    ],
)
def test_the_record_is_told_in_one_sentence(record, change, sentence):
    record(json.dumps(RUN | change))
    assert sentence in records.load("99-test").sentence


def test_what_kept_functions_apart_is_told_where_the_emulator_says_so(record):
    record(json.dumps(RUN))
    assert records.load("99-test").isolation == "each function was in a sandbox"
    record(json.dumps({name: value for name, value in RUN.items() if name != "isolation"}))
    assert records.load("99-test").isolation == ""


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ran_at": 3}', json.dumps(RUN | {"checks": None})])
def test_a_spoilt_record_names_its_file_and_the_way_out(record, text):
    record(text)
    with pytest.raises(CourseError, match=r"99-test\.json .* \.venv/bin/coldstart run 99-test"):
        records.load("99-test")
