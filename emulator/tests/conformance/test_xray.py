"""X-Ray: segments of functions, the daemon, the service graph

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json
import secrets
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually
from roles import role_of

LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
HEADER = "https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader"
DAEMON = "https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon"
SUMMARIES = "https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html"
GRAPH = "https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html"

CODE = """
import json, os, socket, time

def handler(event, context):
    fields = dict(part.split("=") for part in os.environ["_X_AMZN_TRACE_ID"].split(";"))
    if event.get("call"):
        segment = {
            "id": event["call"], "trace_id": fields["Root"], "parent_id": fields["Parent"], "type": "subsegment",
            "name": "DynamoDB", "namespace": "aws", "start_time": time.time(), "end_time": time.time(),
            "annotations": {"table": "orders"},
        }
        host, _, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].partition(":")
        message = json.dumps({"format": "json", "version": 1}) + "\\n" + json.dumps(segment)
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(message.encode(), (host, int(port)))
    if event.get("fail"):
        raise ValueError("on purpose")
    return fields
"""


_keys = itertools.count(700000000001)


@pytest.fixture
def account():
    """One nobody else uses, as a service graph is about everything in it."""
    return str(next(_keys))


@pytest.fixture
def xray(server, account):
    return server.client("xray", account)


@pytest.fixture
def traced(server, account):
    """Makes a function in the account and returns what invokes it."""
    client = server.client("lambda", account)

    def make(mode="Active"):
        name = f"traced-{mode.lower()}"
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role_of(client),
            Handler="traced.handler",
            Code={"ZipFile": archive({"traced.py": CODE})},
            TracingConfig={"Mode": mode},
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})

        def invoke(header="", **event):
            def send(params, **_):
                if header:
                    params["headers"]["X-Amzn-Trace-Id"] = header

            client.meta.events.register("before-call.lambda.Invoke", send, unique_id="header")
            try:
                return json.load(client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"])
            finally:
                client.meta.events.unregister("before-call.lambda.Invoke", unique_id="header")

        return invoke

    yield make
    for function in client.list_functions()["Functions"]:
        client.delete_function(FunctionName=function["FunctionName"])


def window():
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=10), "EndTime": now + timedelta(minutes=10)}


def segments(xray, root, count):
    """The documents of a trace, by origin (or by name), once there are so many."""

    def complete():
        traces = xray.batch_get_traces(TraceIds=[root])["Traces"]
        return traces and len(traces[0]["Segments"]) >= count and traces[0]

    trace = eventually(complete)
    documents = [json.loads(segment["Document"]) for segment in trace["Segments"]]
    return {document.get("origin", document["name"]): document for document in documents}


@pytest.mark.rule(LAMBDA)
def test_active_tracing_records_the_service_and_the_function(traced, xray):
    fields = traced()()
    found = segments(xray, fields["Root"], 2)
    service, function = found["AWS::Lambda"], found["AWS::Lambda::Function"]
    assert function["parent_id"] == service["id"]
    assert service["start_time"] <= function["start_time"] <= function["end_time"] <= service["end_time"]
    parts = {part["name"]: part for part in function["subsegments"]}
    assert parts.keys() == {"Initialization", "Invocation", "Overhead"}
    assert parts["Initialization"]["end_time"] <= parts["Invocation"]["start_time"]


@pytest.mark.rule(LAMBDA)
def test_the_service_answered_an_asynchronous_invocation_before_it_ran(traced, xray, server, account):
    traced()
    client = server.client("lambda", account)
    client.invoke(FunctionName="traced-active", InvocationType="Event", Payload="{}")
    root = eventually(lambda: xray.get_trace_summaries(**window())["TraceSummaries"])[0]["Id"]
    assert segments(xray, root, 2)["AWS::Lambda"]["http"]["response"]["status"] == 202


@pytest.mark.rule(LAMBDA)
def test_a_warm_invocation_has_no_initialization(traced, xray):
    invoke = traced()
    invoke()
    found = segments(xray, invoke()["Root"], 2)
    names = [part["name"] for part in found["AWS::Lambda::Function"]["subsegments"]]
    assert names == ["Invocation", "Overhead"]


@pytest.mark.rule(HEADER)
def test_the_function_finds_the_trace_it_is_part_of(traced, xray):
    fields = traced()()
    found = segments(xray, fields["Root"], 2)
    assert fields["Sampled"] == "1"
    assert fields["Parent"] == found["AWS::Lambda::Function"]["id"]


@pytest.mark.rule(LAMBDA)
def test_pass_through_records_nothing_of_its_own(traced, xray):
    fields = traced("PassThrough")()
    assert fields["Sampled"] == "0"
    traced()()
    eventually(lambda: xray.get_trace_summaries(**window())["TraceSummaries"])
    assert xray.batch_get_traces(TraceIds=[fields["Root"]])["UnprocessedTraceIds"] == [fields["Root"]]


@pytest.mark.rule(HEADER)
@pytest.mark.parametrize("sampled", ["0", "1"])
def test_the_callers_sampling_decision_holds(traced, xray, sampled):
    root = f"1-{int(time.time()):x}-{secrets.token_hex(12)}"
    invoke = traced()
    fields = invoke(f"Root={root};Parent=1234567890abcdef;Sampled={sampled}")
    assert (fields["Root"], fields["Sampled"]) == (root, sampled)
    if sampled == "1":
        assert segments(xray, root, 2)["AWS::Lambda"]["parent_id"] == "1234567890abcdef"
    else:
        other = invoke()["Root"]
        segments(xray, other, 2)
        assert xray.batch_get_traces(TraceIds=[root])["Traces"] == []


@pytest.mark.rule(DAEMON)
def test_segments_of_function_code_reach_the_functions_account(traced, xray):
    call = secrets.token_hex(8)
    fields = traced()(call=call)
    found = segments(xray, fields["Root"], 3)
    assert found["DynamoDB"]["id"] == call
    assert found["DynamoDB"]["parent_id"] == found["AWS::Lambda::Function"]["id"]


@pytest.mark.rule(SUMMARIES)
def test_a_summary_tells_of_faults_annotations_and_services(traced, xray):
    traced()(fail=True, call=secrets.token_hex(8))

    def summary():
        found = xray.get_trace_summaries(**window())["TraceSummaries"]
        return found[0] if found and found[0]["Annotations"] and len(found[0]["ServiceIds"]) == 2 else None

    found = eventually(summary)
    assert found["HasFault"] is True
    assert found["Annotations"]["table"][0]["AnnotationValue"] == {"StringValue": "orders"}
    assert {service["Type"] for service in found["ServiceIds"]} == {"AWS::Lambda", "AWS::Lambda::Function"}
    assert found["EntryPoint"]["Type"] == "AWS::Lambda"
    assert 0 < found["ResponseTime"] <= found["Duration"]


@pytest.mark.rule(GRAPH)
def test_the_service_graph_leads_from_the_client_to_what_the_function_calls(traced, xray, account):
    fields = traced()(call=secrets.token_hex(8))
    segments(xray, fields["Root"], 3)
    services = xray.get_service_graph(**window())["Services"]
    assert xray.get_trace_graph(TraceIds=[fields["Root"]])["Services"] == services
    by_type = {service["Type"]: service for service in services}
    names = {service["ReferenceId"]: service["Type"] for service in services}
    edges = {(kind, names[edge["ReferenceId"]]) for kind, node in by_type.items() for edge in node["Edges"]}
    assert edges == {
        ("client", "AWS::Lambda"),
        ("AWS::Lambda", "AWS::Lambda::Function"),
        ("AWS::Lambda::Function", "AWS::DynamoDB"),
    }
    function = by_type["AWS::Lambda::Function"]
    assert (function["SummaryStatistics"]["OkCount"], function["AccountId"]) == (1, account)


@pytest.mark.rule(SUMMARIES)
def test_a_range_of_time_that_ends_before_it_starts_is_refused(xray):
    times = window()
    with pytest.raises(ClientError, match="InvalidRequestException"):
        xray.get_trace_summaries(StartTime=times["EndTime"], EndTime=times["StartTime"])
