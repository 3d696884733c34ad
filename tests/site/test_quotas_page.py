"""The page of quotas: no figure is typed, every one leads to its proof, and it says whether AWS raises it."""

import re

import pytest

from coldstart.errors import CourseError
from coldstart.facts import load
from coldstart.site import quotas

GROUPS = quotas.load()
ROWS = [row for group in GROUPS for row in group.rows]
PAGE = "https://docs.aws.amazon.com/a.html"


def written(tmp_path, monkeypatch, row):
    path = tmp_path / "quotas.yaml"
    path.write_text(f"- id: group\n  title: Group\n  rows:\n    - {row}\n")
    monkeypatch.setattr(quotas, "SOURCE", path)
    return quotas.load()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_the_facts_of_a_quota_are_there(row):
    for fact in row.facts:
        load().known(fact)


def test_every_quota_that_belongs_to_no_section_is_on_the_page():
    own = {name for name, fact in load().items() if fact.where.path.name == "quotas.yaml"}
    shown = {fact for row in ROWS for fact in row.facts}
    assert own - shown - {"lambda.network.scaling_from"} == set()


def test_every_group_has_quotas():
    assert [group.id for group in GROUPS if not group.rows] == []


def test_no_quota_is_listed_twice():
    words = [row.words for row in ROWS]
    assert sorted(set(words)) == sorted(words)


@pytest.mark.parametrize(
    ("row", "rendered"),
    [
        (
            f'{{words: Memory, value: "{{fact:a.b}}", adjustable: true, note: to more, source: "{PAGE}"}}',
            f"| Memory | {{fact:a.b}} | yes; to more ([AWS]({PAGE})) |",
        ),
        (
            f'{{words: Memory, value: "{{fact:a.b}}", source: "{PAGE}"}}',
            f"| Memory | {{fact:a.b}} | no ([AWS]({PAGE})) |",
        ),
        ('{words: Memory, value: "{fact:a.b}"}', "| Memory | {fact:a.b} | no, the API refuses more |"),
    ],
)
def test_a_row_says_how_much_and_whether_it_is_raised(tmp_path, monkeypatch, row, rendered):
    page = quotas.page(written(tmp_path, monkeypatch, row))
    assert "## Group {#group}" in page
    assert page.splitlines()[-1] == rendered


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{words: Memory, value: 128 MB}", r"value needs at least one \{fact:...\}"),
        ('{words: Memory, value: "{fact:a.b} to 10,240 MB"}', "10 is typed; write it as"),
        ('{words: Memory, value: "{fact:a.b}", note: to 5}', "5 is typed; write it as"),
        ('{words: Memory, value: "{fact:a.b}", adjustable: true}', "an adjustable quota needs a source"),
        ('{words: Memory, value: "{fact:a.b}", source: "https://example.com/"}', "source: "),
        ('{words: Memory, valeu: "{fact:a.b}"}', "did you mean 'value'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, monkeypatch, row, sentence):
    with pytest.raises(CourseError, match=rf"quotas\.yaml:\d: .*{sentence}"):
        written(tmp_path, monkeypatch, row)


def test_every_value_on_the_page_leads_to_its_proof(site):
    html = (site / "quotas.html").read_text()
    register = (site / "numbers.html").read_text()
    for fact in {fact for row in ROWS for fact in row.facts}:
        assert re.search(rf'<a class="fact" href="numbers\.html#{re.escape(fact)}"', html), fact
        assert f'<li id="{fact}">' in register
