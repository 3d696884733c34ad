"""The variables that a lab gets: the emulator's, whatever a person's own shell says."""

import json

import pytest

from coldstart import stack
from coldstart.errors import CourseError


def test_the_emulator_is_reached_past_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    endpoint = stack.Endpoint("http://127.0.0.1:4566", 4566)
    assert endpoint.environment["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_a_profile_of_ones_own_does_not_reach_a_lab():
    assert stack.local({"AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "x", "HOME": "/home"}) == {"HOME": "/home"}


def test_an_answer_that_is_none_is_one_sentence():
    with pytest.raises(CourseError, match="make down"):
        stack._parsed("Traceback", "status")
    assert stack._parsed(json.dumps({"running": False}), "status") == {"running": False}
