"""Metric math and percentiles, without a server."""

from __future__ import annotations

import pytest
from localstack.aws.api import CommonServiceException
from localstack_dockerless.observability.expressions import evaluate
from localstack_dockerless.observability.ranks import percentile, weighted

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


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a +",
        "c",
        "a.b",
        "open('x')",
        "a ** a",
        "SUM()",
        "FILL(a)",
        "(" * 500,
        "CEIL(a * 1e999)",
        "a * 1" + "0" * 400,
    ],
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(CommonServiceException):
        evaluate(expression, SERIES)


def test_a_percentile_lies_between_its_neighbours():
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([7], 99) == 7
    assert percentile(list(range(101)), 99) == 99


@pytest.mark.parametrize("percent", [0, 10, 50, 99, 100])
def test_a_value_that_occurs_several_times_counts_as_often(percent):
    assert weighted([(4, 1), (1, 3), (2, 2)], percent) == percentile([1, 1, 1, 2, 2, 4], percent)


def test_a_value_may_occur_a_billion_times():
    """Each was a value of its own: PutMetricData with one set of statistics took all memory."""
    assert weighted([(1.0, 10**9), (3.0, 10**9)], 50) == 2.0
