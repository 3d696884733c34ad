"""The variables that a lab gets: the emulator's, whatever a person's own shell says."""

import json
from contextlib import ExitStack

import pytest

from coldstart import stack
from coldstart.errors import CourseError


def test_the_emulator_is_reached_past_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    endpoint = stack.Endpoint("http://127.0.0.1:4566", 4566)
    assert endpoint.environment["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_a_profile_of_ones_own_does_not_reach_a_lab():
    assert stack.local({"AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "x", "HOME": "/home"}) == {"HOME": "/home"}


@pytest.fixture
def port(free_port, monkeypatch, tmp_path):
    """A port for an emulator of the test's own, stopped at the end."""
    monkeypatch.setattr(stack, "STATE", tmp_path)
    yield free_port
    stack.down(free_port)


def test_an_emulator_started_for_a_session_ends_with_the_last_that_uses_it(port):
    first, second = ExitStack(), ExitStack()
    first.enter_context(stack.ensure(port))
    second.enter_context(stack.ensure(port))
    first.close()
    assert stack.status(port)["running"], "the second still works with it"
    second.close()
    assert not stack.status(port)["running"]


def test_an_emulator_that_somebody_started_stays_after_a_session(port):
    stack.up(port)
    with stack.ensure(port):
        pass
    assert stack.status(port)["running"]


def test_one_that_somebody_wants_to_keep_stays_though_a_session_started_it(port):
    with stack.ensure(port):
        stack.up(port)
    assert stack.status(port)["running"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            "Port 1 is taken by another program; stop that one or choose another port with --port.",
            "another one with COLDSTART_PORT.",
        ),
        ("The disk of /x is full; free at least 32 MB or choose --data.", "free at least 32 MB."),
        (
            "x 2 is running on port 1 and this is 1; stop it first with `localstack-dockerless stop`.",
            "first with `make down`.",
        ),
        ("No server is running on port 1; start one with `localstack-dockerless start`.", "start one with `make up`."),
    ],
)
def test_the_emulators_sentences_name_what_the_course_has(theirs, ours):
    said = stack._sentence(f"a line before\n{theirs}\n")
    assert said.endswith(ours)
    assert "--" not in said


def test_an_answer_that_is_none_is_one_sentence():
    with pytest.raises(CourseError, match="make down"):
        stack._parsed("Traceback", "status")
    assert stack._parsed(json.dumps({"running": False}), "status") == {"running": False}
