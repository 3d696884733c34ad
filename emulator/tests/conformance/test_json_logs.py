"""Logging controls: JSON records, levels, log groups

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually

FORMAT = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html"
SCHEMA = "https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html"
LEVEL = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"
GROUPS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"

CODE = """
import json, logging, os

def handler(event, context):
    logging.getLogger().debug("a detail")
    logging.getLogger().info("a message", extra={"order": 7})
    logging.getLogger().warning("a warning")
    print(json.dumps({"level": "debug", "printed": True}))
    print("plain")
    if event.get("leave"):
        os._exit(3)
    return "ok"
"""


@pytest.fixture
def logging(deploy):
    """Makes a function with such a LoggingConfig, JSON unless it says otherwise."""
    code = archive({"logs.py": CODE})
    return lambda **config: deploy("logs.py", code=code, LoggingConfig={"LogFormat": "JSON", **config})


def records(answer):
    """The platform's records of an invocation, by type."""
    parsed = [json.loads(line) for line in answer.lines if line.startswith("{")]
    return {one["type"]: one["record"] for one in parsed if "type" in one}


def messages(answer):
    parsed = [json.loads(line) for line in answer.lines if line.startswith("{")]
    return [one["message"] for one in parsed if "message" in one]


@pytest.mark.rule(FORMAT)
def test_the_platform_writes_records_with_time_type_and_record(logging):
    answer = logging().invoke()
    lines = [json.loads(line) for line in answer.lines if "platform." in line]
    assert [line["type"] for line in lines] == ["platform.initStart", "platform.start", "platform.report"]
    times = [datetime.fromisoformat(line["time"]) for line in lines]
    assert times == sorted(times)
    assert not any(line.startswith(("START", "END", "REPORT")) for line in answer.lines)


@pytest.mark.rule(SCHEMA)
def test_the_report_gives_the_figures_of_the_invocation(logging):
    function = logging()
    cold, warm = (records(function.invoke())["platform.report"] for _ in range(2))
    assert cold["status"] == "success"
    metrics = cold["metrics"]
    assert metrics["billedDurationMs"] >= metrics["durationMs"] + metrics["initDurationMs"]
    assert 0 < metrics["maxMemoryUsedMB"] <= metrics["memorySizeMB"] == 1769
    assert "initDurationMs" not in warm["metrics"]


@pytest.mark.rule(SCHEMA)
def test_the_start_of_initialization_names_function_and_environment(logging):
    function = logging()
    record = records(function.invoke())["platform.initStart"]
    assert (record["initializationType"], record["phase"]) == ("on-demand", "init")
    assert (record["functionName"], record["functionVersion"]) == (function.name, "$LATEST")
    assert record["instanceMaxMemory"] == 1769 * 1024 * 1024
    assert record["runtimeVersion"].startswith("python:3.13")


@pytest.mark.rule(SCHEMA)
def test_a_process_that_ends_is_an_error_with_its_type(logging):
    record = records(logging().invoke({"leave": True}))["platform.report"]
    assert (record["status"], record["errorType"]) == ("error", "Runtime.ExitError")


@pytest.mark.rule(LEVEL)
def test_details_of_the_platform_are_debug(logging):
    function = logging(SystemLogLevel="DEBUG")
    found = records(function.invoke())
    assert {"platform.initRuntimeDone", "platform.initReport", "platform.runtimeDone"} <= found.keys()
    assert found["platform.runtimeDone"]["metrics"]["producedBytes"] == len('"ok"')


@pytest.mark.rule(LEVEL)
def test_of_the_platform_only_failures_are_warnings(logging):
    function = logging(SystemLogLevel="WARN")
    assert records(function.invoke()) == {}
    assert records(function.invoke({"leave": True})).keys() == {"platform.runtimeDone", "platform.report"}


@pytest.mark.rule(LEVEL)
@pytest.mark.parametrize(
    ("level", "kept"),
    [
        ("DEBUG", ["a detail", "a message", "a warning"]),
        ("INFO", ["a message", "a warning"]),
        ("WARN", ["a warning"]),
        ("ERROR", []),
    ],
)
def test_the_application_level_sets_what_the_function_logs(logging, level, kept):
    assert messages(logging(ApplicationLogLevel=level).invoke()) == kept


@pytest.mark.rule(LEVEL)
def test_printed_objects_that_name_a_level_are_filtered_by_it(logging):
    printed = '{"level": "debug", "printed": true}'
    assert printed not in logging().invoke().lines
    answer = logging(ApplicationLogLevel="DEBUG").invoke()
    assert printed in answer.lines
    assert "plain" in answer.lines


@pytest.mark.rule(LEVEL)
def test_levels_need_json(logging):
    with pytest.raises(ClientError, match='LogLevel is not supported when LogFormat is set to "Text"'):
        logging(LogFormat="Text", SystemLogLevel="DEBUG")
    function = logging(LogFormat="Text")
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        function.configure(LoggingConfig={"ApplicationLogLevel": "DEBUG"})


@pytest.mark.rule(FORMAT)
def test_back_to_text_the_levels_are_gone(logging):
    function = logging(SystemLogLevel="DEBUG")
    function.configure(LoggingConfig={"LogFormat": "Text"})
    assert function.configuration()["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{function.name}",
    }
    assert any(line.startswith("REPORT") for line in function.invoke().lines)


@pytest.mark.rule(GROUPS)
def test_in_a_group_of_ones_own_choice_the_stream_names_the_function(logging, server):
    function = logging(LogGroup="/shared/by/functions")
    function.invoke()
    logs = server.client("logs")

    def streams():
        try:
            return logs.describe_log_streams(logGroupName="/shared/by/functions")["logStreams"]
        except logs.exceptions.ResourceNotFoundException:
            return []

    (stream,) = eventually(streams)
    assert f"/{function.name}[$LATEST]" in stream["logStreamName"]
