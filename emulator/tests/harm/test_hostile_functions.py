"""Hostile functions end as AWS ends them, in their environment, and their neighbours do not notice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from catalogue import HARMS, Harm
from deployed import archive, eventually

FUNCTIONS = Path(__file__).parent / "functions"
PRIVATE = "127.0.0.1:9001"
"""The Runtime API's address in a network of its own."""
INTERNAL = [
    ("POST", "/_dockerless/reset"),
    ("POST", "/_dockerless/reset?account=000000000000"),
    ("GET", "/_dockerless/info"),
    ("POST", "/%5fdockerless/reset"),
    ("POST", "//_dockerless/reset"),
    ("GET", "/_localstack/health"),
    ("GET", "/_localstack/init"),
    ("POST", "/_localstack/state/reset"),
    ("GET", "/_aws/sqs/messages"),
    ("GET", "/_aws/lambda/runtimes"),
]


@pytest.fixture(scope="module")
def somebody() -> Iterator[str]:
    """A program of this machine that answers whoever reaches it: its address."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
def test_it_ends_as_on_aws_and_harms_nobody(house: Any, watched: Any, somebody: str, harm: Harm) -> None:
    before, directories, files = house.processes(), house.environments(), _files(house.outside)
    end = harm.ends if house.sandboxed else harm.plain or harm.ends
    function = house.deploy(
        code=archive({f"{harm.file}.py": (FUNCTIONS / f"{harm.file}.py").read_text()}),
        Handler=f"{harm.file}.handler",
        **{"Timeout": harm.timeout(end), **harm.options},
    )
    event = _event(harm, house, somebody)
    try:
        answer, watch = watched(lambda: function.invoke(event))
    finally:
        function.client.delete_function(FunctionName=function.name)
    assert end.holds(answer), (answer.error, answer.body[:500], answer.lines[-3:])
    assert not watch.problems
    assert not _survivors(house, before)
    assert eventually(lambda: house.environments() <= directories), "a directory is left"
    if house.sandboxed or not harm.escapes:
        assert _files(house.outside) == files
    assert house.neighbour.invoke().value == watch.pid


def _survivors(house: Any, before: set[int]) -> list[list[str]]:
    """The command lines of processes that are there to stay."""
    try:
        eventually(lambda: house.processes() <= before)
    except AssertionError:
        return [psutil.Process(pid).cmdline() for pid in house.processes() - before]
    return []


def _event(harm: Harm, house: Any, somebody: str) -> dict[str, Any]:
    event = dict(harm.event if house.sandboxed or harm.plain_event is None else harm.plain_event)
    told = house.neighbour.invoke({"how": "tell"}).value
    match harm.file:
        case "reads_the_host":
            places = house.server.data, house.server.data / "server.log", Path.home(), Path.home() / ".bashrc"
            event["paths"] = [str(place) for place in places]
        case "meddles_with_neighbours":
            event["pid"] = _neighbours_process(house) if house.sandboxed else told["pid"]
        case "replaces_tmp":
            event |= {"outside": str(house.outside), "move": house.sandboxed}
        case "drives_the_server":
            event["requests"] = INTERNAL
        case "forges_answers":
            event |= told
        case "scans_the_loopback":
            # In a network of its own a function finds its own Runtime API where the neighbour has the neighbour's.
            host, port = (somebody if told["address"] == PRIVATE else told["address"]).split(":")
            event["addresses"] = [(host, int(port))]
    return event


def _neighbours_process(house: Any) -> int:
    """As the machine numbers it."""
    names = {f"AWS_LAMBDA_FUNCTION_NAME={house.neighbour.name}"}
    for pid in house.processes():
        try:
            words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
        except OSError:
            continue
        if names & set(words):
            return int(pid)
    raise AssertionError("the neighbour is not there")


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_there_are_at_least_thirty_and_none_is_forgotten() -> None:
    tried = {harm.file for harm in HARMS}
    assert len(tried) >= 30
    assert {path.stem for path in FUNCTIONS.glob("*.py")} - tried == {"dies_of_its_first_batch"}, "of test_crashes.py"
