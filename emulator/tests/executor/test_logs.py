from __future__ import annotations

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
    assert other.invoke().seconds < 2


def test_a_thread_that_never_stops_printing_holds_up_nothing(deploy):
    function = deploy("prints.py")
    assert function.invoke({"background": True}).value == "done"
    assert function.invoke().value == "done"


def test_children_that_outlive_the_handler_are_frozen_with_it(deploy):
    code = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sh', '-c', 'while :; do date +%s.%N > /tmp/beat; sleep 0.01; done'])\n"
        "def handler(event, context):\n"
        "    time.sleep(0.1)\n"
        "    while not (beat := open('/tmp/beat').read().strip()): pass  # it is being written\n"
        "    return [float(beat), time.time()]\n"
    )
    function = deploy(code=archive({"probe.py": code}))
    beat, now = function.invoke().value
    assert now - beat < 5
    assert function.invoke().value[0] > beat


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
