"""Metric math and percentiles, without a server."""

from __future__ import annotations

import pytest
from localstack.aws.api import CommonServiceException
from localstack_dockerless.observability.expressions import evaluate
from localstack_dockerless.observability.metrics import percentile

SERIES = {"a": {1: 2.0, 2: 4.0}, "b": {1: 1.0, 3: 5.0}, "zero": {1: 0.0, 2: 2.0}}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a", {1: 2.0, 2: 4.0}),
        ("100 * (a + 1) / 2", {1: 150.0, 2: 250.0}),
        ("a - b", {1: 1.0}),
        ("a / zero", {2: 2.0}),
        ("FILL(b, 0)", {1: 1.0, 2: 0.0, 3: 5.0}),
        ("SUM([a, b])", {1: 3.0, 2: 4.0, 3: 5.0}),
        ("a / SUM(a)", {1: 2 / 6, 2: 4 / 6}),
        ("CEIL(a / 3)", {1: 1.0, 2: 2.0}),
        ("-a", {1: -2.0, 2: -4.0}),
    ],
)
def test_expressions(expression, value):
    assert evaluate(expression, SERIES) == value


@pytest.mark.parametrize("expression", ["", "a +", "c", "a.b", "open('x')", "a ** a", "SUM()", "FILL(a)", "(" * 500])
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(CommonServiceException):
        evaluate(expression, SERIES)


def test_a_percentile_lies_between_its_neighbours():
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([7], 99) == 7
    assert percentile(list(range(101)), 99) == 99
