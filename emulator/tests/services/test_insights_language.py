"""The query language of Logs Insights, over rows without a server."""

from __future__ import annotations

import json

import pytest
from localstack.aws.api.logs import MalformedQueryException
from localstack_dockerless.services.insights import events, queries
from localstack_dockerless.services.insights.language import parse
from localstack_dockerless.services.insights.reader import MalformedQueryError
from localstack_dockerless.services.insights.run import run

REQUEST = "6bc28136-xxxx".replace("xxxx", "01e1-46e0-8b0c-000000000001")
REPORT = (
    f"REPORT RequestId: {REQUEST}\tDuration: 163.55 ms\tBilled Duration: 264 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 74 MB\tInit Duration: 100.25 ms\t\n"
)
MESSAGES = [
    f"START RequestId: {REQUEST} Version: $LATEST\n",
    f'2026-01-01T00:00:00.000Z\t{REQUEST}\tINFO\tplaced {{"order": {{"id": 7, "items": ["a", "b"]}}}}\n',
    json.dumps({"level": "ERROR", "latency": 120, "ok": False, "route": "/a"}),
    json.dumps({"level": "INFO", "latency": 20, "ok": True, "route": "/b"}),
    json.dumps({"level": "INFO", "latency": 30.5, "ok": True, "route": "/a"}),
    f"END RequestId: {REQUEST}\n",
    REPORT,
]
MINUTE = 60_000
NOON = 1_767_268_800_000  # 2026-01-01 12:00


@pytest.fixture
def ask():
    rows = [
        events.row(message, NOON + at * MINUTE, NOON, "stream", "000000000000:/group", str(at))
        for at, message in enumerate(MESSAGES)
    ]

    def ask(query, limit=None):
        lines = run(parse(query), rows, limit).lines
        return [{name: value for name, value in line.items() if name != "@ptr"} for line in lines]

    return ask


def test_without_columns_there_are_time_and_message_the_newest_first(ask):
    lines = ask("limit 2")
    assert [line["@message"] for line in lines] == [MESSAGES[6], MESSAGES[5]]
    assert lines[0]["@timestamp"] == "2026-01-01 12:06:00.000"


def test_the_report_line_has_fields(ask):
    columns = "@type, @requestId, @duration, @billedDuration, @initDuration, @memorySize, @maxMemoryUsed"
    (line,) = ask(f'filter @type = "REPORT" | fields {columns}')
    assert line == {
        "@type": "REPORT",
        "@requestId": REQUEST,
        "@duration": "163.55",
        "@billedDuration": "264",
        "@initDuration": "100.25",
        "@memorySize": "128000000",
        "@maxMemoryUsed": "74000000",
    }


def test_json_is_found_behind_a_prefix_too(ask):
    (line,) = ask("filter ispresent(order.id) | fields order.id, order.items.1, @requestId")
    assert line == {"order.id": "7", "order.items.1": "b", "@requestId": REQUEST}


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('level = "ERROR"', 1),
        ("latency > 25", 2),
        ("latency >= 30.5 and latency < 100", 1),
        ('level = "INFO" and not route = "/a"', 1),
        ('route in ["/a", "/b"]', 3),
        ('route not in ["/a"]', 5),
        ("@message like /latency/", 3),
        ("@message like 'START'", 1),
        ("@message not like /(?i)start/", 6),
        ("@message =~ /^END/", 1),
        ("ok = 1", 2),
        ("ok = false", 1),
        ("latency * 2 > 200", 1),
        ("(latency > 100 or latency < 25) and ispresent(route)", 2),
        ('strcontains(@message, "Billed")', 1),
        ("strlen(route) = 2", 3),
    ],
)
def test_filters(ask, condition, count):
    assert len(ask(f"fields @message | filter {condition}")) == count


def test_statistics_by_a_field(ask):
    query = (
        "filter ispresent(latency) | stats count(*) as n, avg(latency), max(latency) - min(latency) as spread by route"
    )
    assert ask(query + " | sort n desc") == [
        {"route": "/a", "n": "2", "avg(latency)": "75.25", "spread": "89.5"},
        {"route": "/b", "n": "1", "avg(latency)": "20", "spread": "0"},
    ]


def test_statistics_by_time(ask):
    lines = ask("stats count(*) as n by bin(5m) as t | sort t")
    assert lines == [{"t": "2026-01-01 12:00:00.000", "n": "5"}, {"t": "2026-01-01 12:05:00.000", "n": "2"}]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("count()", "7"),
        ("count(latency)", "3"),
        ("count_distinct(route)", "2"),
        ("sum(latency)", "170.5"),
        ("pct(latency, 50)", "30.5"),
        ("median(latency)", "30.5"),
        ("min(latency)", "20"),
        ("earliest(level)", "ERROR"),
        ("latest(level)", "INFO"),
        ("max(@memorySize / 1000 / 1000)", "128"),
        ("sum(latency) / count(latency)", "56.8333"),
    ],
)
def test_aggregates(ask, aggregate, value):
    assert ask(f"stats {aggregate} as x") == [{"x": value}]


def test_the_column_of_an_aggregate_is_called_as_it_is_written(ask):
    assert ask("stats count(*), pct(latency, 99) by level | filter level = 'ERROR'") == [
        {"level": "ERROR", "count(*)": "1", "pct(latency, 99)": "120"}
    ]


def test_what_stats_computed_is_a_column_of_that_name(ask):
    lines = ask("filter ispresent(route) | stats count(*) by route, bin(1h) | sort count(*) desc, bin(1h) asc")
    assert [line["count(*)"] for line in lines] == ["2", "1"]


@pytest.mark.parametrize(
    "command",
    [
        'parse @message "Duration: * ms\tBilled Duration: * ms" as took, billed',
        r"parse @message /Duration: (?<took>[\d.]+) ms\tBilled Duration: (?<billed>\d+)/",
    ],
)
def test_parse_finds_what_is_no_field(ask, command):
    assert ask(f"filter @message like /REPORT/ | {command} | display took, billed") == [
        {"took": "163.55", "billed": "264"}
    ]


def test_sort_knows_numbers_and_puts_what_is_missing_last(ask):
    lines = ask("fields latency | sort latency desc")
    assert [line.get("latency") for line in lines] == ["120", "30.5", "20", None, None, None, None]


def test_sort_by_two_fields(ask):
    lines = ask("filter ispresent(level) | fields level, latency | sort level asc, latency desc")
    assert [line["latency"] for line in lines] == ["120", "30.5", "20"]


def test_dedup_keeps_the_newest(ask):
    lines = ask("filter ispresent(route) | fields latency | dedup route")
    assert [line["latency"] for line in lines] == ["30.5", "20"]


def test_computed_fields_and_comments(ask):
    query = """
    fields concat(toupper(level), ":", route) as label, floor(latency / 100) as hundreds  # both are new
    | filter hundreds = 1 # only one
    """
    assert ask(query) == [{"label": "ERROR:/a", "hundreds": "1"}]


def test_a_limit_from_outside_holds_where_the_query_has_none(ask):
    assert len(ask("fields @message", limit=3)) == 3
    assert len(ask("fields @message | limit 5", limit=3)) == 5


@pytest.mark.parametrize(
    "query",
    [
        "",
        "select *",
        "fields",
        "fields @message |",
        "filter",
        "filter level =",
        "filter (level = 1",
        "filter level not 1",
        "filter level in [1",
        "filter nonsense(level)",
        "filter strlen()",
        "filter @message like /(/",
        "limit many",
        "stats latency",
        "stats avg(latency",
        "stats pct(latency)",
        "stats avg(latency, 5)",
        "stats count(*) by bin(soon)",
        'parse @message "* *" as one',
        "parse @message /no names/",
        "sort",
        "fields a b",
        "filter " + "(" * 5000,
    ],
)
def test_what_is_no_query(query):
    with pytest.raises(MalformedQueryError):
        parse(query)


@pytest.mark.parametrize(
    "expression",
    [
        "frommillis(1e18)",
        "frommillis(-1e18)",
        "frommillis(1e999)",
        "datefloor(1e300, 1h)",
        "substr(@message, 1e999)",
        "substr(@message, 0, 1e999)",
        "1e308 * 1e308",
        "ceil(1e999)",
    ],
)
def test_numbers_beyond_all_bounds_are_no_errors(ask, expression):
    assert len(ask(f"fields {expression} as x | limit 1")) == 1


@pytest.mark.parametrize("aggregate", ["stddev", "avg", "sum", "median", "min", "max"])
def test_what_is_no_finite_number_is_not_aggregated(aggregate):
    rows = [events.row(json.dumps({"n": n}), NOON, NOON, "s", "g", "p") for n in ("1e999", 2, "1e999")]
    (line,) = run(parse(f"filter n < 10 | stats {aggregate}(n) as x"), rows).lines
    assert line["x"] == ("0" if aggregate == "stddev" else "2")


def test_a_query_that_is_too_deep_to_be_computed_is_malformed():
    rows = [events.row("message", NOON, NOON, "s", "g", "p")]
    with pytest.raises(MalformedQueryException):
        queries.computed(parse("fields 1" + "+1" * 30_000), rows, None)
