"""The bank that every surface reads, and the piece of page around it."""

import json
import re
from pathlib import Path

import pytest

from coldstart.errors import CourseError
from coldstart.quiz import html, render
from coldstart.quiz.bank import build, figures
from coldstart.quiz.model import load_file

SAMPLE = Path(__file__).with_name("02-memory-cpu.yaml")


def orders(bank):
    return [(item["id"], [option["id"] for option in item["options"]]) for item in bank["questions"]]


def test_facts_are_filled_in_and_markdown_is_rendered(sample):
    first = sample["questions"][0]
    assert "<strong>checksum</strong>" in first["stem"]["html"]
    assert 'class="highlight"' in first["stem"]["html"]
    assert "<code>Max Memory Used</code> stays below 128 MB" in first["stem"]["html"]
    texts = {option["id"]: option["text"] for option in first["options"]}
    assert (texts["memory"], texts["timeout"]) == ("Raise `MemorySize` above 128.", "Raise `Timeout` to 15 minutes.")


def test_an_unknown_fact_is_told_with_file_and_line(facts, tmp_path):
    path = tmp_path / SAMPLE.name
    path.write_text(SAMPLE.read_text().replace("{fact:demo.memory.min}", "{fact:demo.memory.mni}", 1), encoding="utf-8")
    with pytest.raises(CourseError, match=r"02-memory-cpu\.yaml:2: There is no fact 'demo\.memory\.mni'; did you mean"):
        build("s", "t", load_file(path), facts)


def test_the_evidence_names_claim_and_kinds_of_proof(sample):
    assert sample["questions"][0]["proof"] == {
        "label": "full",
        "run": False,
        "facts": [{"id": "demo.memory.min", "claim": "A function has at least 128 MB.", "by": ["model"]}],
    }


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript"),
        ("![x](data:text/html,x)", "![x](data"),
        ("[x](https://docs.aws.amazon.com/)", '<a href="https://docs.aws.amazon.com/">x</a>'),
        ("a `<b>` & c", "<code>&lt;b&gt;</code> &amp; c"),
        ("```nonsense\n<i>\n```", "&lt;i&gt;"),
    ],
)
def test_html_is_safe_to_insert(markdown, expected):
    assert expected in render.block(markdown)
    assert not re.search(r"<(script|i|b)\b|(href|src)=\"(javascript|data)", render.block(markdown))


def test_the_same_seed_gives_the_same_order_and_another_seed_another(facts):
    asked = load_file(SAMPLE)
    several = [orders(build("s", "t", asked, facts, seed)) for seed in range(5)]
    assert orders(build("s", "t", asked, facts, 3)) == several[3]
    assert len({str(order) for order in several}) > 1


def test_without_a_seed_questions_keep_their_order_and_the_key_its_secret(sample):
    assert [item["id"] for item in sample["questions"]] == [item.id for item in load_file(SAMPLE)]
    places = [[option["correct"] for option in item["options"]] for item in sample["questions"]]
    assert any(place[0] is False for place in places[:2])


def test_options_that_are_figures_stay_in_order(sample):
    third = sample["questions"][2]
    assert third["shuffle"] is False
    assert [option["id"] for option in third["options"]] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["128 MB", "10,240 MB"], [128, 10240]),
        (["0.4", "`60`", "-1", "50%"], [0.4, 60, -1, 50]),
        (["128 MB", "Twice as much"], None),
        (["Version 2"], None),
        (["10 requests per second", "5 requests per second"], [10, 5]),
        (["0.2 for version 8", "0.8 for version 7"], None),
    ],
)
def test_figures_are_recognized(texts, values):
    assert figures(texts) == values


def test_the_element_carries_its_bank_and_cannot_be_broken_out_of(sample):
    markup = html.embed(sample)
    embedded = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)[1]
    assert json.loads(embedded) == sample
    assert "<" not in embedded


def test_the_fallback_shows_every_option_and_folds_the_answers(sample):
    markup = html.embed(sample).split("</script>")[1]
    assert markup.count("<details>") == len(sample["questions"])
    for item in sample["questions"]:
        for option in item["options"]:
            assert option["html"] in markup
            assert option["why"]["html"] in markup
