"""A reset takes traces, queries and metric filters with it."""

from __future__ import annotations

import json
import secrets
import time

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "232323232323"


def test_traces_queries_and_filters_of_an_account_are_forgotten(server):
    xray, logs = server.client("xray", ACCOUNT), server.client("logs", ACCOUNT)
    trace, now = f"1-{int(time.time()):x}-{secrets.token_hex(12)}", time.time()
    segment = {"id": secrets.token_hex(8), "trace_id": trace, "name": "s", "start_time": now, "end_time": now}
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment)])
    logs.create_log_group(logGroupName="group")
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName="group", filterName="f", filterPattern="", metricTransformations=[transformation]
    )
    query = logs.start_query(
        logGroupName="group", startTime=int(now) - 9, endTime=int(now), queryString="fields @message"
    )["queryId"]
    assert len(xray.batch_get_traces(TraceIds=[trace])["Traces"]) == 1
    server.command("reset", "--account", ACCOUNT)
    assert xray.batch_get_traces(TraceIds=[trace])["UnprocessedTraceIds"] == [trace]
    assert logs.describe_metric_filters()["metricFilters"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.get_query_results(queryId=query)
