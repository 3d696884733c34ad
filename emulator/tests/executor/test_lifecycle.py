from __future__ import annotations

import re

import pytest
from deployed import events


def figure(report: str, name: str) -> float:
    found = re.search(rf"\t{name}: ([\d.]+) (ms|MB)", report)
    assert found, report
    return float(found[1])


def test_an_environment_is_initialized_once_and_used_again(deploy):
    function = deploy()
    first, second = function.invoke().value, function.invoke().value
    assert (first["count"], second["count"]) == (1, 2)
    assert first["pid"] == second["pid"]


def test_only_a_cold_start_reports_its_initialization_and_is_billed_for_it(deploy):
    function = deploy()
    cold, warm = function.invoke().report, function.invoke().report
    assert "Init Duration" not in warm
    billed, total = figure(cold, "Billed Duration"), figure(cold, "Duration") + figure(cold, "Init Duration")
    assert total <= billed <= total + 1


def test_a_warm_invocation_is_billed_by_the_millisecond_begun(deploy):
    function = deploy()
    function.invoke()
    warm = function.invoke({"sleep": 0.02}).report
    assert 20 <= figure(warm, "Duration") <= figure(warm, "Billed Duration") <= figure(warm, "Duration") + 1


@pytest.mark.parametrize("memory", [128, 1024])
def test_the_report_gives_measured_figures(deploy, memory):
    report = deploy(MemorySize=memory).invoke({"sleep": 0.1}).report
    assert 100 <= figure(report, "Duration") < 3000
    assert figure(report, "Memory Size") == memory
    assert 5 <= figure(report, "Max Memory Used") <= memory


def test_the_lines_of_an_invocation_stand_in_order(deploy):
    answer = deploy().invoke({"print": ["one", "two"]})
    request = answer.value["context"]["request"]
    init, loading, start, one, two, end, report = answer.lines
    assert init.startswith("INIT_START Runtime Version: python")
    assert (loading, one, two) == ("loading", "one", "two")
    assert start == f"START RequestId: {request} Version: $LATEST"
    assert end == f"END RequestId: {request}"
    assert report.startswith(f"REPORT RequestId: {request}\tDuration: ")


def test_the_context_knows_the_request(deploy):
    function = deploy(Timeout=7)
    context = function.invoke().value["context"]
    assert context["arn"].endswith(f":function:{function.name}")
    assert 6000 < context["remaining"] <= 7000


def test_the_client_context_reaches_the_function(deploy):
    from base64 import b64encode

    sent = b64encode(b'{"custom": {"colour": "green"}}').decode()
    assert deploy().invoke(ClientContext=sent).value["context"]["client"] == {"colour": "green"}


def test_two_invocations_never_share_an_environment(deploy):
    from concurrent.futures import ThreadPoolExecutor

    function = deploy(Timeout=10)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: function.invoke({"sleep": 2}), range(4)))
    assert len({answer.value["context"]["stream"] for answer in answers}) == 4


def test_tmp_is_kept_between_invocations_and_private_to_the_environment(deploy):
    function, other = deploy(), deploy()
    function.invoke({"write": "note"})
    assert "note" in function.invoke().value["tmp"]
    assert "note" not in other.invoke().value["tmp"]


def test_each_environment_has_its_own_log_stream(deploy, server):
    function = deploy()
    stream = function.invoke({"print": ["hello"]}).value["context"]["stream"]
    function.configure(Description="changed")
    other = function.invoke({"print": ["again"]}).value["context"]["stream"]
    by_message = {event["message"]: event["logStreamName"] for event in events(server, function, reports=2)}
    assert stream != other
    assert (by_message["hello\n"], by_message["again\n"]) == (stream, other)
