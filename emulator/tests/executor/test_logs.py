from __future__ import annotations

import time

import pytest
from deployed import archive, events


def test_no_line_of_many_invocations_is_lost(deploy):
    function = deploy()
    for number in range(60):
        assert f"number {number}" in function.invoke({"print": [f"number {number}"]}).lines


def test_the_tail_is_the_last_four_kilobytes(deploy):
    answer = deploy("prints.py").invoke({"lines": 2000})
    assert len(answer.log) == 4096
    assert "line 1999" in answer.lines
    assert answer.lines[-1].startswith("REPORT")


def test_carriage_returns_stay_within_their_line_and_bytes_that_are_no_text_are_replaced(deploy, server):
    function = deploy("prints.py")
    function.invoke({"raw": "one\rtwo\n\xff\n"})
    messages = [event["message"] for event in events(server, function)]
    assert "one\rtwo\n" in messages
    assert "\ufffd\n" in messages


def test_ten_thousand_lines_arrive_in_order(deploy, server):
    function = deploy("prints.py")
    function.invoke({"lines": 10_000})
    messages = [event["message"].strip() for event in events(server, function)]
    assert [message for message in messages if message.startswith("line ")] == [
        f"line {number}" for number in range(10_000)
    ]


def test_a_flood_is_cut_in_the_middle_and_stalls_nobody(deploy, server):
    flooded, other = deploy("prints.py", Timeout=60), deploy()
    other.invoke()
    answer = flooded.invoke({"megabytes": 100})
    assert answer.value == "done"
    assert answer.lines[-1].startswith("REPORT")
    assert other.invoke().seconds < 10, "a flood of a hundred megabytes holds up nobody else"


def test_a_thread_that_never_stops_printing_holds_up_nothing(deploy):
    function = deploy("prints.py")
    assert function.invoke({"background": True}).value == "done"
    assert function.invoke().value == "done"


def test_children_that_outlive_the_handler_are_frozen_with_it(deploy):
    """They tick a hundred times a second, and in the two seconds between the invocations not at all."""
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sh', '-c', 'while :; do printf x >> /tmp/ticks; sleep 0.01; done'])\n"
        "def ticks():\n"
        "    return os.path.getsize('/tmp/ticks') if os.path.exists('/tmp/ticks') else 0\n"
        "def handler(event, context):\n"
        "    first = ticks()\n"
        "    while ticks() < first + 5: time.sleep(0.01)\n"
        "    return first, ticks()\n"
    )
    function = deploy(code=archive({"probe.py": code}), Timeout=30)
    _, before = function.invoke().value
    time.sleep(2)
    after, _ = function.invoke().value
    assert before >= 5
    assert after - before < 50


@pytest.mark.parametrize("runtime", ["python3.12", "python3.13"])
def test_the_first_line_names_the_runtime(deploy, runtime):
    assert (
        f"INIT_START Runtime Version: {runtime.replace('python', 'python:')}"
        in deploy(Runtime=runtime).invoke().lines[0]
    )


def test_a_log_group_of_ones_own_choice_gets_the_lines(deploy, server):
    function = deploy(LoggingConfig={"LogGroup": "/my/own"})
    function.invoke({"print": ["hello"]})
    assert "hello\n" in [event["message"] for event in events(server, function, group="/my/own")]
