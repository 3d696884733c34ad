"""A lab's page says when and on what the lab last ran."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coldstart.errors import CourseError
from coldstart.lab import records as written
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


def test_the_last_run_that_passed_is_told_with_its_versions(record):
    record(json.dumps(RUN | {"python": "3.13.1", "boto3": "1.44.5"}))
    assert records.load("99-test").last_passed == records.Passed(
        datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC), ("localstack-dockerless 0.1.0", "Python 3.13.1", "boto3 1.44.5")
    )


def test_a_run_that_fails_keeps_what_the_last_one_that_passed_left(record, tmp_path, monkeypatch):
    monkeypatch.setattr(written, "RECORDS", tmp_path)
    record(json.dumps(RUN | {"python": "3.13.1", "boto3": "1.44.5"}))
    failed = written.Record("99-test", 2.0, "elsewhere", "", "", "failed", (), "3.14.0", "1.45.0")
    for _ in range(2):
        written.write(failed)
        found = records.load("99-test")
        assert found.outcome == "failed"
        assert found.last_passed.versions == ("localstack-dockerless 0.1.0", "Python 3.13.1", "boto3 1.44.5")
    written.write(replace(failed, outcome="passed"))
    assert records.load("99-test").last_passed.versions == ("elsewhere", "Python 3.14.0", "boto3 1.45.0")


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"outcome": "failed"}', '{"outcome": "failed", "last_passed": 3}'])
def test_a_spoilt_record_does_not_stop_the_next(record, tmp_path, monkeypatch, spoilt):
    monkeypatch.setattr(written, "RECORDS", tmp_path)
    record(spoilt)
    written.write(written.Record("99-test", 2.0, "elsewhere", "", "", "failed", (), "3.14.0", "1.45.0"))
    assert records.load("99-test").last_passed is None
