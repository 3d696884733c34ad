"""Extensions beside what else an execution environment has: streams, traces, file systems, records in JSON."""

from __future__ import annotations

import base64
import json
import socket

import pytest
from deployed import HANDLERS, archive, deployer, eventually
from networks import network
from places import asked, public
from shares import share
from spies import SHELL, SPY, SUBSCRIPTION, layer, logged, said

TAIL = {"LogType": "Tail"}


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(60)
        yield made


def records(lines):
    """The platform's records among lines of JSON, by type."""
    parsed = [json.loads(line) for line in lines if line.startswith('{"time"')]
    return {one["type"]: one["record"] for one in parsed}


def test_the_log_in_json_says_what_telemetry_says(extended):
    spy = {"invoke": "report", "subscribe": SUBSCRIPTION}
    logging = {"LogFormat": "JSON", "SystemLogLevel": "DEBUG"}
    function = extended({"spy.py": SPY}, spy, LoggingConfig=logging, TracingConfig={"Mode": "Active"})
    written = records(function.invoke().lines)
    # The report comes in the next invocation, whose own part the extension waits for.
    told = records(function.invoke({"read": "/tmp/telemetry"}).value.replace('{"time": ', '{"time":').splitlines())
    cold = {"initStart", "initRuntimeDone", "initReport", "extension", "telemetrySubscription"}
    assert written.keys() == {f"platform.{kind}" for kind in cold | {"start", "runtimeDone", "report"}}
    for kind in cold:
        assert told[f"platform.{kind}"] == written[f"platform.{kind}"]
    assert written["platform.start"].keys() == {"requestId", "functionArn", "version", "tracing"}


def test_a_stream_does_not_wait_for_extensions_but_its_log_does(server, listener):
    """The shell is at work until the test hangs up on it."""
    port = listener.getsockname()[1]
    waits = f"curl -s http://{public(server, port)}:{port}/ || true; " + 'case "$event" in'
    extension = layer(server, {"extensions/shell.sh": SHELL.replace('case "$event" in', waits)})
    code = archive({"streams.mjs": (HANDLERS / "streams.mjs").read_text()})
    options = {"Runtime": "nodejs22.x", "Handler": "streams.handler", "Timeout": 60, "Layers": [extension]}
    made = []
    function = deployer(server.client("lambda"), made)("streams.mjs", code=code, **options)

    def stream(**wanted):
        payload = json.dumps({"parts": ["one", "two"]})
        answer = function.client.invoke_with_response_stream(FunctionName=function.name, Payload=payload, **wanted)
        return iter(answer["EventStream"])

    def chunk(parts):
        return next(parts)["PayloadChunk"]["Payload"]

    at_once = list(stream())
    with listener.accept()[0] as at_work:
        assert at_work.recv(65536).startswith(b"GET")
        at_work.setblocking(False)
        with pytest.raises(BlockingIOError):
            at_work.recv(1)
    assert b"".join(part["PayloadChunk"]["Payload"] for part in at_once[:-1]) == b"onetwo"
    parts = stream(**TAIL)
    assert chunk(parts).startswith(b"one")
    listener.accept()[0].close()
    log = base64.b64decode(list(parts)[-1]["InvokeComplete"]["LogResult"]).decode()
    assert "[shell.sh] " in log
    assert "REPORT RequestId: " in log
    function.client.delete_function(FunctionName=function.name)


def test_the_function_is_traced_until_its_extensions_are_done(extended, listener, server):
    spy, traced = {"invoke": "ask", **asked(server, listener)}, {"Mode": "Active"}
    function = extended({"spy.py": SPY}, spy, Timeout=60, TracingConfig=traced)
    function.client.invoke(FunctionName=function.name, Payload=b"{}")
    listener.accept()[0].close()
    (event,) = said(logged(server, function, "REPORT"), "spy.py", "INVOKE")
    root = dict(part.split("=") for part in event["tracing"]["value"].split(";"))["Root"]
    xray = server.client("xray")

    def complete():
        traces = xray.batch_get_traces(TraceIds=[root])["Traces"]
        found = [json.loads(segment["Document"]) for trace in traces for segment in trace["Segments"]]
        return {segment["origin"]: segment for segment in found} if len(found) == 2 else None

    segments = eventually(complete, 60)
    service, traced = segments["AWS::Lambda"], segments["AWS::Lambda::Function"]
    assert service["end_time"] < traced["end_time"]
    parts = {part["name"]: part for part in traced["subsegments"]}
    assert parts["Invocation"]["end_time"] <= service["end_time"]
    assert parts["Overhead"]["end_time"] == traced["end_time"]


def test_extensions_see_the_functions_file_system(extended, server):
    shared = share(server.client("efs"), network(server.client("ec2")))
    writes = SHELL.replace('case "$event" in', 'echo written > /mnt/data/note; case "$event" in')
    config = {"VpcConfig": shared.net.config, "FileSystemConfigs": [shared.access_point()]}
    function = extended({"shell.sh": writes}, Timeout=60, **config)
    assert function.invoke().report
    assert function.invoke({"read": "/mnt/data/note"}).value == "written\n"
