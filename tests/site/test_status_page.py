"""The status page: what was run here and passed, and how much is proven."""

import re
from datetime import UTC, datetime

import pytest

from coldstart import course
from coldstart.facts import Facts, load
from coldstart.site import status
from coldstart.site.records import Passed, Record
from coldstart.site.status import State

ALIASES = course.section("14")
PASSED = Passed(datetime(2026, 11, 23, 14, 5, tzinfo=UTC), ("localstack-dockerless 0.1.0", "Python 3.13.1"))
RECORD = Record(
    datetime(2026, 11, 24, 9, 30, tzinfo=UTC), 6.04, "localstack-dockerless 0.1.0", "passed", 4, 4, "", PASSED
)


def row(record):
    return status.page([State(ALIASES, record, 20, 15, 13)], Facts([])).splitlines()[-1]


def test_a_lab_that_passed_is_told_with_its_checks_its_time_and_its_versions():
    assert row(RECORD) == (
        "| 14 [Aliases](14-aliases.md) | **passed**, 4 of 4 checks in 6.0 s. 23 November 2026, 14:05 UTC; "
        "localstack-dockerless 0.1.0, Python 3.13.1 | 15 of 20 proven by machine; 13 questions |"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"outcome": "failed", "passed": 3},
            "**failed, 3 of 4 checks**, 24 November 2026, 09:30 UTC. It last passed: 23 ",
        ),
        ({"outcome": "error"}, "**ended in an error**, 24 November 2026, 09:30 UTC. It last passed: 23 November 2026"),
        ({"outcome": "failed", "last_passed": None}, "UTC. It has not passed on this machine |"),
    ],
)
def test_a_lab_that_did_not_pass_is_told_with_when_it_last_did(change, words):
    assert words in row(RECORD.__class__(**{**vars(RECORD), **change}))


def test_a_lab_without_a_record_says_so_plainly():
    assert "| no record: it has not run on this machine |" in row(None)


def test_the_facts_of_a_section_are_counted_by_its_file():
    found = status.state(ALIASES, None, load(), 13)
    own = [fact for fact in load().values() if fact.where.path.name == "aliases.yaml"]
    assert (found.facts, found.proven) == (len(own), sum(fact.machine_proven for fact in own))
    assert found.facts > found.proven > 0


def test_the_page_sums_up():
    states = [State(ALIASES, RECORD, 20, 15, 13), State(course.section("02"), None, 10, 5, 1)]
    facts = load()
    proven = sum(fact.machine_proven for fact in facts.values())
    page = status.page(states, facts)
    assert f"1 of 2 labs passed when they last ran; {proven} of {len(facts)} facts are proven by machine" in page
    assert "14 questions." in page


def test_the_site_has_a_row_for_every_section_and_the_way_to_the_page(site):
    html = (site / "status.html").read_text()
    for section in course.sections():
        assert f'<a href="{section.slug}.html">{section.title}</a>' in html
    assert re.search(
        r'<a href="status\.html"[^>]*>\s*<span class="md-ellipsis">Status', (site / "index.html").read_text()
    )
