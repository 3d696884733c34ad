"""Several labs: two at a time, none beside another on one emulator, told in the order of the course."""

import socket

import boto3
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from ports import unused_port

from coldstart import stack
from coldstart.course import Section
from coldstart.errors import CourseError
from coldstart.lab import notebook, records, run, several
from coldstart.paths import LABS

ALONE = """
import os, pathlib, time
place = pathlib.Path(os.environ["PLACE"])
place.mkdir()  # fails if another notebook is here
time.sleep({seconds})
place.rmdir()
"""


def alone(seconds):
    return new_notebook(cells=[new_code_cell(ALONE.format(seconds=seconds), id="x")])


def test_each_runs_alone_in_its_environment_and_the_results_come_in_order(tmp_path):
    environments = [{"PLACE": str(tmp_path / name)} for name in ("one", "two")]
    ended, cells = [], []
    run.until_done(
        several.in_turn(
            [alone(2), alone(0), alone(0)],
            environments,
            lambda place, done: ended.append((place, done.error, len(cells))),
            lambda: cells.append(1),
        )
    )
    assert [place for place, _, _ in ended] == [0, 1, 2]
    assert [error for _, error, _ in ended] == [""] * 3
    assert ended[0][2] == 3, "the quick ones ran while the slow one did"


def test_each_has_an_emulator_of_its_own_which_ends_with_it(monkeypatch, tmp_path):
    for name in ("AWS_ENDPOINT_URL", "COLDSTART_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(stack, "STATE", tmp_path)
    with several._somewhere(2, unused_port()) as environments:
        urls = [environment["AWS_ENDPOINT_URL"] for environment in environments]
        one, other = (
            boto3.client(
                "sqs", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            for url in urls
        )
        one.create_queue(QueueName="mine")
        assert "QueueUrls" not in other.list_queues()
    assert not [url for url in urls if stack.answers(int(url.rpartition(":")[2]))]


def test_a_target_that_the_environment_names_is_used_by_one_lab_at_a_time(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with several._somewhere(2, None) as environments:
        assert environments == [{}]


def test_a_port_that_is_taken_is_passed_over():
    port = unused_port()
    with socket.create_server(("127.0.0.1", port + 1)):
        assert next(several._spare_ports(port)) > port + 1


@pytest.fixture
def two_labs(here, tmp_path, monkeypatch):
    """Two sections with a lab each that has one check, which no account passes."""
    (tmp_path / "checks").symlink_to(LABS / "checks")
    labs = [Section(slug, slug, "", 1, ()) for slug in ("02-memory-cpu", "14-aliases")]
    monkeypatch.setattr("coldstart.course.LABS", tmp_path)
    monkeypatch.setattr(records, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(several, "sections", lambda: labs)
    for lab in labs:
        notebook.write(new_notebook(cells=[new_code_cell("1 / 0", id=f"{lab.slug}-x")]), lab.lab)
    return labs


def test_all_labs_are_told_and_one_that_fails_sets_the_status(two_labs, capsys):
    assert several.run_all() == 1
    said = capsys.readouterr().out
    assert said.index("02-memory-cpu: 0 of 4 checks pass") < said.index("14-aliases: 0 of 4 checks pass")
    assert said.endswith("0 of 2 labs pass.\n")


def test_all_labs_that_cannot_be_stored_are_named(two_labs):
    with pytest.raises(CourseError, match=r"02-memory-cpu.ipynb is left as it was: .* 14-aliases.ipynb is left as it"):
        several.regen()
