"""How a fact reads in a sentence."""

from datetime import date

import pytest

from coldstart.errors import CourseError
from coldstart.facts import Facts, mentioned
from coldstart.facts.model import SHAPE


def facts(value, unit=None):
    proofs = [{"kind": "model", "at": "X.min"}]
    return Facts(
        [SHAPE.validate_python({"id": "a.b", "claim": "{value}.", "value": value, "unit": unit, "proofs": proofs})]
    )


@pytest.mark.parametrize(
    ("value", "unit", "quantity", "bare", "code", "human"),
    [
        (10240, "MB", "10,240 MB", "10,240", "10240", "10,240 MB"),
        (900, "s", "900 seconds", "900", "900", "15 minutes"),
        (1, "s", "1 second", "1", "1", "1 second"),
        (21600, "s", "21,600 seconds", "21,600", "21600", "6 hours"),
        (90, "s", "90 seconds", "90", "90", "90 seconds"),
        (0, "s", "0 seconds", "0", "0", "0 seconds"),
        (1, "vCPU", "1 vCPU", "1", "1", "1 vCPU"),
        (6, "vCPU", "6 vCPUs", "6", "6", "6 vCPUs"),
        (2, "version", "2 versions", "2", "2", "2 versions"),
        (2, "retry|retries", "2 retries", "2", "2", "2 retries"),
        (0.4, "fraction", "0.4", "0.4", "0.4", "40%"),
        (1.0, "fraction", "1.0", "1.0", "1.0", "100%"),
        (10, "%", "10%", "10", "10", "10%"),
        ("$LATEST", None, "$LATEST", "$LATEST", "$LATEST", "$LATEST"),
        (["Zip", "Image"], None, "Zip and Image", "Zip and Image", "Zip, Image", "Zip and Image"),
        (["a", "b", "c"], None, "a, b and c", "a, b and c", "a, b, c", "a, b and c"),
        (date(2025, 12, 5), None, "5 December 2025", "5 December 2025", "2025-12-05", "5 December 2025"),
        (True, None, "true", "true", "true", "true"),
    ],
)
def test_a_placeholder_reads_as_a_person_would_write(value, unit, quantity, bare, code, human):
    text = "{fact:a.b}|{fact:a.b:value}|{fact:a.b:code}|{fact:a.b:human}"
    assert facts(value, unit).expand(text) == f"{quantity}|{bare}|{code}|{human}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{fact:a.c}", "There is no fact 'a.c'; did you mean 'a.b'?"),
        ("{fact:}", "There is no fact ''; add it to book/facts/."),
        ("{fact:a.b:bare}", "the form must be one of value, code, human"),
    ],
)
def test_a_placeholder_that_means_nothing_is_refused(text, message):
    with pytest.raises(CourseError) as error:
        facts(1).expand(text)
    assert message in str(error.value)


def test_text_without_placeholders_stays_as_it_is():
    text = "`{'fact': 1}` and {other:thing}, {fact without colon}"
    assert facts(1).expand(text) == text
    assert mentioned(text) == []


def test_mentioned_lists_the_facts_in_order():
    assert mentioned("{fact:a.b:code} then {fact:c.d}") == ["a.b", "c.d"]
