"""gift-pegjs, a parser of GIFT that is not ours, reads what the course exports."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from exported import asked, keys

from coldstart.quiz import exports
from coldstart.quiz.exports.content import option_html

READER = Path(__file__).with_name("gift")


def read(banks):
    if not shutil.which("node"):
        pytest.skip("no node on this machine; on Debian or Ubuntu: apt-get install nodejs npm")
    if not (READER / "node_modules").exists():
        pytest.skip("gift-pegjs is not installed; with npm on this machine, python3 src/coldstart/bootstrap.py test")
    text = exports.files("gift", banks)[""]
    done = subprocess.run(["node", READER / "read.js"], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def correct(question, choice):
    """Whether the file says that an option is correct, and whether its share is right."""
    if question["choose"] == 1:
        return choice["isCorrect"]
    shares = {True: pytest.approx(100 / question["choose"], abs=1e-4), False: -100}
    said = choice["weight"] > 0
    assert choice["weight"] == shares[said]
    return said


def test_every_question_is_read_back_as_it_is_in_the_bank(banks):
    entries = read(banks)
    questions = asked(banks)
    found = {entry["id"]: entry for entry in entries if entry["type"] == "MC"}
    assert list(found) == list(questions)
    for name, entry in found.items():
        question, choices = questions[name], entry["choices"]
        assert entry["title"] == name
        assert entry["stem"] == {"format": "html", "text": question["stem"]["html"]}
        assert [choice["text"]["text"] for choice in choices] == [option_html(each) for each in question["options"]]
        told = [
            each["id"] for each, choice in zip(question["options"], choices, strict=True) if correct(question, choice)
        ]
        assert told == keys(question)
        for each, choice in zip(question["options"], choices, strict=True):
            assert choice["feedback"]["text"].endswith(each["why"]["html"])
        assert all(source in entry["globalFeedback"]["text"] for source in question["sources"])
        assert set(entry["tags"]) >= {question["level"], question["section"]["slug"]}


def test_an_answer_says_what_it_rests_on(tricky):
    told = {entry["id"]: entry["globalFeedback"]["text"] for entry in read([tricky]) if entry["type"] == "MC"}
    assert "Every fact behind this answer is checked by machine." in told["demo-one-answer"]
    assert "This answer was found by running the code." in told["demo-trace"]


def test_each_section_is_a_category(banks):
    titles = [entry["title"] for entry in read(banks) if entry["type"] == "Category"]
    assert titles == [
        f"$course$/top/Coldstart/{items['section'][:2]} {items['title'].replace('/', '//')}" for items in banks
    ]
