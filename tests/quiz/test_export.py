"""``coldstart export``: what all formats have in common, and the table."""

import csv
import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from exported import asked, keys, order

from coldstart.errors import CourseError
from coldstart.paths import ROOT
from coldstart.quiz import exports
from coldstart.quiz.bank import bank

LATER = 2e9  # seconds since 1970
COLDSTART = Path(sys.executable).with_name("coldstart")


def coldstart(*arguments, **environment):
    return subprocess.run(
        [COLDSTART, "export", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize("form", exports.FORMATS)
def test_a_format_has_the_same_bytes_from_run_to_run(form, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: LATER)
    first = exports.export(form, "14-aliases", tmp_path / f"one{exports.FORMATS[form].suffix}")
    done = coldstart(form, "14", "--out", str(tmp_path / f"two{exports.FORMATS[form].suffix}"), PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    second = [path.with_name(path.name.replace("one", "two", 1)) for path in first]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert done.stdout == "".join(f"Written: {path}\n" for path in second)


@pytest.mark.parametrize("form", ["anki", "qti"])
def test_an_archive_does_not_tell_when_it_was_made(form, sample):
    entries = zipfile.ZipFile(io.BytesIO(exports.files(form, [sample])[""])).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("form", exports.FORMATS)
def test_another_seed_is_another_order(form, tmp_path):
    written = [exports.export(form, "14", tmp_path / f"{seed}", seed)[0].read_bytes() for seed in (1, 2, 1)]
    assert written[0] == written[2] != written[1]


def test_without_a_name_the_file_is_in_the_build_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "BUILD", tmp_path)
    (one,) = exports.export("csv", "14")
    (everything,) = exports.export("csv")
    assert (one, everything) == (
        tmp_path / "exports/coldstart-14-aliases-csv.csv",
        tmp_path / "exports/coldstart-csv.csv",
    )


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["word"], 2, "There is no format 'word'; choose from anki, "),
        (["csv", "99"], 2, "There is no section '99'; the sections are: 01-functions"),
        (["csv", "14", "--out", "{tmp}/no/file.csv"], 1, "There is no folder {tmp}/no; make it, or name another file"),
        (["csv", "14", "--out", "{tmp}"], 1, "{tmp} is a folder; name a file in it with --out."),
        (["csv", "14", "--out", "/proc/version"], 1, "/proc/version cannot be written ("),
        (["csv", "14", "--seed", "x"], 2, "Invalid value for '--seed'"),
        ([], 2, "Missing argument 'FORMAT'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, status, sentence, tmp_path):
    refused = coldstart(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert refused.returncode == status
    assert refused.stderr.startswith(f"coldstart: {sentence}".replace("{tmp}", str(tmp_path)))
    assert len(refused.stderr.splitlines()) == 1


def test_a_section_without_questions_is_told(monkeypatch):
    monkeypatch.setattr("coldstart.course.QUIZZES", ROOT / "nowhere")
    with pytest.raises(CourseError, match="Section 14-aliases has no quiz yet"):
        exports.export("csv", "14")


def test_the_key_is_at_every_place():
    places = [order(question).index(keys(question)[0]) for question in asked([bank("14", 1)]).values()]
    assert set(places) >= {0, 1, 2, 3}


def test_the_table_says_what_the_bank_says(banks):
    rows = list(csv.DictReader(io.StringIO(exports.files("csv", banks)[""].decode("utf-8-sig"), newline="")))
    questions = asked(banks)
    assert [row["id"] for row in rows] == list(questions)
    for row in rows:
        question = questions[row["id"]]
        letters = "ABCDEF"[: len(question["options"])]
        assert [row[f"{letter} id"] for letter in letters] == order(question)
        assert [row[f"{letter} id"] for letter in row["key"].split(", ")] == keys(question)
        assert row["stem"] == question["stem"]["text"]
        assert [row[f"{letter} option"] for letter in letters] == [each["text"] for each in question["options"]]
        assert [row[f"{letter} why"] for letter in letters] == [each["why"]["text"] for each in question["options"]]
        assert row["sources"].split() == question["sources"]
