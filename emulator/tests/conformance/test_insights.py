"""CloudWatch Logs Insights

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually

SYNTAX = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html"
FIELDS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html"
SAMPLES = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-examples.html"
START = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html"
RESULTS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html"

CODE = """
import json
def handler(event, context):
    print(json.dumps({"order": {"id": event["id"], "total": event["id"] * 10.5}}))
"""


@pytest.fixture
def function(deploy, server):
    """It has been invoked three times, and its log is there."""
    function, logs = deploy(code=archive({"probe.py": CODE})), server.client("logs")
    for number in (1, 2, 3):
        function.invoke({"id": number})
    group = f"/aws/lambda/{function.name}"

    def reports():
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return []
        return logs.filter_log_events(logGroupName=group, filterPattern="REPORT")["events"]

    eventually(lambda: len(reports()) == 3)
    return function


@pytest.fixture
def start(server, function):
    def start(query, **options):
        options = options or {"logGroupName": f"/aws/lambda/{function.name}"}
        now = int(time.time())
        times = {"startTime": now - 3600, "endTime": now + 3600, **options}
        return server.client("logs").start_query(queryString=query, **times)["queryId"]

    return start


@pytest.fixture
def ask(server, start):
    def ask(query, **options):
        answer = server.client("logs").get_query_results(queryId=start(query, **options))
        assert answer["status"] == "Complete"
        return [{one["field"]: one["value"] for one in line} for line in answer["results"]]

    return ask


@pytest.mark.rule(FIELDS)
def test_report_lines_have_the_figures_of_invocations(ask):
    lines = ask(
        'filter @type = "REPORT" | fields @requestId, @duration, @billedDuration, @maxMemoryUsed, @initDuration'
    )
    assert len(lines) == 3
    assert all(float(line["@billedDuration"]) >= float(line["@duration"]) > 0 for line in lines)
    assert [line for line in lines if "@initDuration" in line] == [lines[-1]]


@pytest.mark.rule(SAMPLES)
def test_cold_starts_and_memory_are_counted(ask):
    query = """
    filter @type = "REPORT"
    | stats count(@initDuration) as cold, count(*) as all, max(@memorySize / 1000 / 1000) as provisioned by bin(1d)
    """
    lines = ask(query)
    assert sum(int(line["cold"]) for line in lines) == 1
    assert sum(int(line["all"]) for line in lines) == 3
    assert {line["provisioned"] for line in lines} == {"1769"}


@pytest.mark.rule(FIELDS)
def test_fields_of_json_are_found_by_their_path(ask):
    lines = ask("filter order.id > 1 | fields order.id, order.total | sort order.id asc")
    assert [{name: line[name] for name in ("order.id", "order.total")} for line in lines] == [
        {"order.id": "2", "order.total": "21"},
        {"order.id": "3", "order.total": "31.5"},
    ]


@pytest.mark.rule(SYNTAX)
def test_events_come_with_a_pointer_and_statistics_without(ask):
    assert "@ptr" in ask("fields @message | limit 1")[0]
    assert ask("stats count(*) as n | display n")[0].keys() == {"n"}


@pytest.mark.rule(START)
def test_a_query_can_be_about_several_groups(ask, function, server):
    logs = server.client("logs")
    logs.create_log_group(logGroupName=f"{function.name}-other")
    names = [f"/aws/lambda/{function.name}", f"{function.name}-other"]
    once = ask("stats count(*) as n")
    assert ask("stats count(*) as n", logGroupNames=names) == once
    assert ask("stats count(*) as n", logGroupNames=names[:1] * 2) == once
    logs.delete_log_group(logGroupName=names[1])


@pytest.mark.rule(START)
def test_a_malformed_query_is_refused_where_it_stops_making_sense(start):
    with pytest.raises(ClientError, match="MalformedQueryException") as refused:
        start("fields @message | filtre x")
    assert refused.value.response["queryCompileError"]["location"]["startCharOffset"] >= len("fields @message | ")


@pytest.mark.rule(START)
def test_a_group_that_is_missing_is_refused(start):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        start("fields @message", logGroupName="/no/such/group")


@pytest.mark.rule(RESULTS)
def test_a_query_that_was_never_started_has_no_results(server):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        server.client("logs").get_query_results(queryId="7f7e3a8c-0000-0000-0000-000000000000")


@pytest.mark.rule(RESULTS)
def test_results_say_how_much_was_looked_at(start, server):
    answer = server.client("logs").get_query_results(queryId=start('filter @type = "REPORT"'))
    statistics = answer["statistics"]
    assert statistics["recordsMatched"] == 3
    assert statistics["recordsScanned"] > 3
    assert statistics["bytesScanned"] > 0
