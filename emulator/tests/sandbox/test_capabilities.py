"""The report says what there is, what each missing part changes, and what mends it."""

from __future__ import annotations

import json

import pytest
from localstack_dockerless import capabilities
from localstack_dockerless.runtimes import interpreters, node


def missing(report: dict) -> dict[str, dict[str, str]]:
    return {entry["part"]: entry for entry in report["missing"]}


def test_the_report_is_plain_data():
    report = capabilities.report()
    assert json.loads(json.dumps(report)) == report


def test_with_bubblewrap_nothing_is_said_to_be_missing_of_isolation(sandboxed):
    report = capabilities.report()
    assert report["isolation"] == "bubblewrap"
    assert report["bubblewrap"][0].isdigit()
    assert "bubblewrap" not in missing(report)


def test_without_bubblewrap_it_says_what_that_means(plain):
    report = capabilities.report()
    assert report["isolation"] == "plain process"
    assert "plain processes" in missing(report)["bubblewrap"]["effect"]
    assert "TMPDIR" in report["tmp"]


def test_a_bubblewrap_that_is_not_installed_can_be(fresh, tmp_path):
    fresh.setenv("PATH", str(tmp_path))
    assert missing(capabilities.report())["bubblewrap"]["remedy"].endswith("apt-get install bubblewrap")


def test_without_control_groups_the_means_are_portable(fresh):
    fresh.setenv("DOCKERLESS_LIMITS", "portable")
    report = capabilities.report()
    assert report["cgroup"]["controllers"] == []
    assert (report["freezing"], "signals" in report["cpu"]) == ("SIGSTOP", True)
    assert "systemd-run" in missing(report)["control groups"]["remedy"]


@pytest.mark.parametrize("part", ["python3.10", "node"])
def test_a_missing_interpreter_is_named(monkeypatch, part):
    monkeypatch.setattr(interpreters, "find", lambda version: None)
    monkeypatch.setattr(node, "_find", lambda: None)
    entry = missing(capabilities.report())[part]
    assert "cannot be run" in entry["effect"]
    assert "install" in entry["remedy"]
