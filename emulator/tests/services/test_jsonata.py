"""JSONata in Python, where LocalStack has Java."""

from __future__ import annotations

import pytest
from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException
from localstack_dockerless.services.stepfunctions import jsonata


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 1", 2),
        ("[1, 2, 3][$ > 1]", [2, 3]),
        ('{"a": [1, 2].($ * 2)}', {"a": [2, 4]}),
        ("$exists(nothing)", False),
        ("nothing", None),
        ("null", None),
    ],
)
def test_values_are_plain_json(expression, value):
    assert jsonata.evaluate(expression) == value


@pytest.mark.parametrize("text", ['"', "\\", "line\nend", "%}", "caf\u00e9"])
def test_a_text_of_any_kind_can_be_declared(text):
    assert jsonata.evaluate(f"({jsonata.declare({'$text': text})}$text)") == text


@pytest.mark.parametrize("expression", ["1 +", '"a" + 1', "$f(", "function($x){$x}", "$error('no')"])
def test_what_cannot_be_computed_is_an_error(expression):
    with pytest.raises(JSONataException):
        jsonata.evaluate(expression)


def test_an_expression_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(jsonata, "TIME_LIMIT", 50)
    with pytest.raises(JSONataException):
        jsonata.evaluate("($f := function($n) { $f($n + 1) }; $f(0))")
