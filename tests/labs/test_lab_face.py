"""The small face of the labs: where they run, packages, checks, charts, statistics, stable outputs, runs."""

import http.server
import io
import json
import threading
import zipfile
from contextlib import nullcontext
from dataclasses import replace

import pytest
from inventory import inventory
from nbformat.v4 import new_code_cell, new_notebook, new_output
from ports import unused_port

from coldstart import stack
from coldstart.course import section
from coldstart.errors import CourseError
from coldstart.lab import checking, face, figure, interval, notebook, package, run, several, stable, table, target
from coldstart.paths import LABS

ALIASES = section("14")


def test_aws_is_refused_unless_asked_for(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("COLDSTART_TARGET", raising=False)
    with pytest.raises(
        CourseError, match="cost money: start the emulator with `make learn`, or set COLDSTART_TARGET=aws"
    ):
        face.begin("14-aliases")


def test_an_emulator_that_does_not_run_is_told_with_the_command(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(
        CourseError, match=r"Nothing answers at http://127\.0\.0\.1:1: start the emulator with `make up`\."
    ):
        face.begin("14-aliases")


def test_the_emulator_is_named(here, monkeypatch, capsys):
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name)
    face.begin("14")
    assert capsys.readouterr().out.startswith("Running on localstack-dockerless ")
    assert target.os.environ["AWS_DEFAULT_REGION"] == "us-east-1"
    assert target.os.environ["AWS_ACCESS_KEY_ID"] == "test"


@pytest.mark.parametrize(("scale", "said"), [(0.02, "1/50 of their time here."), (1.0, "their full time.")])
def test_how_long_waits_take_is_said_and_returned(here, monkeypatch, capsys, scale, said):
    face.begin("14")
    monkeypatch.setattr(face._lab(), "target", replace(face._lab().target, time_scale=scale))
    assert face.waits() == scale
    assert said in capsys.readouterr().out


def test_the_emulator_of_the_course_shortens_waits(here):
    assert target.find().time_scale == stack.TIME_SCALE


class _Docker(http.server.BaseHTTPRequestHandler):
    """Answers as LocalStack's Docker image does."""

    def do_GET(self):
        known = self.path == "/_localstack/health"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"version": "4.14.0"} if known else {}).encode())

    def log_message(self, *_):
        pass


def test_what_the_docker_image_cannot_do_is_left_out_with_the_reason(monkeypatch, capsys):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Docker) as server:
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        face.begin("02")
        server.shutdown()
    assert not face.supports("memory-limit")
    assert face.supports("aliases")
    out = capsys.readouterr().out
    assert "Running on LocalStack 4.14.0 at" in out
    assert "Not on this target: LocalStack's Docker image does not enforce the memory setting." in out


def test_a_lab_that_has_not_begun_says_so(monkeypatch):
    monkeypatch.setattr(face, "_labs", [])
    with pytest.raises(CourseError, match="run its first cell"):
        face.check("split-40-60")


def test_an_unknown_check_is_told_with_the_known_ones(here):
    face.begin("14")
    with pytest.raises(CourseError, match="There is no check spilt-40-60; 14-aliases has split-40-60, "):
        face.check("spilt-40-60")


def test_a_check_that_would_change_something_is_refused_and_said(here, monkeypatch, capsys):
    @checking.check("writes", "It writes")
    def writes(aws):
        aws.client("sqs").create_queue(QueueName="left-behind")

    monkeypatch.setattr(checking, "load", lambda _: {"writes": writes})
    monkeypatch.setattr(face.records, "remember", lambda *_: None)
    face.begin("14")
    face.check("writes")
    assert "The check itself is at fault: A check may not call sqs CreateQueue." in capsys.readouterr().out
    assert inventory()["sqs QueueUrls"] == []


def test_a_run_whose_emulator_ends_says_so_in_a_sentence(monkeypatch, tmp_path, capsys):
    """Not in botocore's words, which name an address."""
    port = unused_port()
    monkeypatch.setattr(run.records, "write", lambda _: None)
    nb = new_notebook(cells=[new_code_cell("import boto3\nboto3.client('sqs').list_queues()", id="14-aliases-x")])
    monkeypatch.setattr(run.notebook, "read", lambda _: nb)
    monkeypatch.setattr(
        run, "somewhere", lambda *_, **__: nullcontext(stack.Endpoint(f"http://127.0.0.1:{port}", port).environment)
    )
    assert run.run("14", port=port) == 1
    assert f"14-aliases stopped: the emulator ended meanwhile; its log is {stack.log(port)}." in capsys.readouterr().err


def test_the_last_table_keeps_what_each_check_found_when_it_was_asked_for(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("coldstart.lab.records.RECORDS", tmp_path)
    state = {"first": True, "second": False, "third": True}

    def look(name):
        def function(_):
            if not state[name]:
                raise checking.CheckFailed(f"There is no {name}.")

        return checking.Check(name, f"The {name} is there", function)

    monkeypatch.setattr(checking, "load", lambda _: {name: look(name) for name in state})
    face.begin("14")
    face.check("first", "second")
    state.update(first=False, second=True)
    capsys.readouterr()
    face.checks()
    assert capsys.readouterr().out.splitlines() == [
        "passed   The first is there",
        "not yet  The second is there",
        "         There is no second. (Found when you last checked it.)"
        ' Do the exercise, then run `lab.check("second")`.',
        "not yet  The third is there",
        '         You have not checked this one. Do the exercise, then run `lab.check("third")`.',
    ]
    face.check("second")
    face.checks()
    assert "passed   The second is there" in capsys.readouterr().out.split("passed   The first")[1]


def test_a_package_is_the_same_whenever_it_is_made(tmp_path, monkeypatch):
    first = package("14-aliases", "v1")
    (ALIASES.functions / "v1" / "greeting.py").touch()
    monkeypatch.chdir(tmp_path)
    assert package("14-aliases", "v1") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["greeting.py"]
        assert archive.getinfo("greeting.py").external_attr >> 16 == 0o644


def test_a_package_takes_the_handlers_beside_the_notebook(tmp_path, monkeypatch):
    mine = tmp_path / "functions" / "02-memory-cpu"
    mine.mkdir(parents=True)
    (mine / "primes.py").write_text("mine = True")
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(io.BytesIO(package("02", "primes.py"))) as archive:
        assert archive.read("primes.py") == b"mine = True"


def test_a_handler_that_is_not_there_is_named():
    with pytest.raises(CourseError, match=r"v9 does not exist; handlers of a lab are files"):
        package("14-aliases", "v9")


# Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits, trials, low, high):
    assert interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_has_no_interval(hits, trials):
    with pytest.raises(ValueError, match="is not a proportion"):
        interval(hits, trials)


def test_a_drawing_is_the_same_each_time_and_takes_the_colours_of_its_page():
    drawings = []
    for _ in range(2):
        empty, (axes,) = figure.chart()
        axes.set(title="A title")
        drawings.append(figure.svg(empty))
    assert drawings[0] == drawings[1]
    assert f"var(--md-default-fg-color, {figure.INK})" in drawings[0]
    assert "<text" in drawings[0]


def test_a_drawing_keeps_its_style_rules_to_itself():
    drawing = figure.svg(figure.chart()[0])
    assert drawing.startswith('<svg class="chart" ')
    assert ">*{" not in drawing
    assert ">.chart *{" in drawing


RESULTS = [
    checking.Result("a", "One < two", passed=True, message=""),
    checking.Result("b", "Two", passed=False, message="Write `2 > 1`."),
]


def test_results_are_shown_as_text_and_as_a_table():
    assert table.text(RESULTS) == "passed   One < two\nnot yet  Two\n         Write `2 > 1`."
    assert "One &lt; two" in table.html(RESULTS)
    assert "not yet: Write <code>2 &gt; 1</code>." in table.html(RESULTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "START RequestId: 0a1b2c3d-1111-4abc-8def-0123456789ab",
            "START RequestId: 11111111-2222-3333-4444-555555555555",
        ),
        ("\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMax", "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMax"),
        ("Init Duration: 5.6 ms, Max Memory Used: 12 MB", "Init Duration: 1.00 ms, Max Memory Used: 64 MB"),
        ("at http://127.0.0.1:4751.", "at http://127.0.0.1:4566."),
        ("2026-11-23T14:46:25.764+0000", "2026-01-01T00:00:00+0000"),
        (f"2026/11/23/[$LATEST]{'0f' * 16}", "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("version 2, weight 0.6", "version 2, weight 0.6"),
    ],
)
def test_what_differs_from_run_to_run_is_masked_and_nothing_else(text, expected):
    assert stable.stable(text) == expected
    assert stable.stable(expected) == expected


def _ran(text, *tags):
    return new_notebook(
        cells=[new_code_cell("x", id="x", metadata={"tags": tags}, outputs=[new_output("stream", text=text)])]
    )


def test_measurements_are_kept_and_not_compared():
    one, _ = stable.stable_outputs(_ran("Duration: 5.00 ms", "measured"), {})
    other, _ = stable.stable_outputs(_ran("Duration: 7.00 ms", "measured"), {})
    assert one.cells[0].outputs[0].text == "Duration: 5.00 ms"
    assert not stable.differ(one, other)


def test_what_kept_functions_apart_is_for_the_record_and_not_compared():
    told = {"name": "localstack-dockerless", "isolation": "each function was in a sandbox"}
    shown = new_output("display_data", data={face.TARGET: told})
    kept, _ = stable.stable_outputs(new_notebook(cells=[new_code_cell("x", id="x", outputs=[shown])]), {})
    assert kept.cells[0].outputs[0].data[face.TARGET] == {"name": "localstack-dockerless"}


def test_in_how_many_pieces_a_stream_arrives_makes_no_difference():
    pieces = _ran("one\n")
    pieces.cells[0].outputs.append(new_output("stream", text="two\n"))
    whole, _ = stable.stable_outputs(pieces, {})
    assert not stable.differ(_ran("one\ntwo\n"), whole)


def test_another_output_or_another_kind_of_measurement_is_a_difference():
    assert stable.differ(_ran("a"), _ran("b")) == ["x"]
    image = new_notebook(cells=[new_code_cell("x", id="x", metadata={"tags": ["measured"]}, outputs=[])])
    assert stable.differ(_ran("a", "measured"), image) == ["x"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '{"cells": [\n  {"cell_type": }\n]}',
            r"14-aliases.ipynb, line 2, is not a notebook; expected is the JSON of nbformat 4",
        ),
        ('{"cells": 3}', r"14-aliases.ipynb is not a notebook; expected is the JSON of nbformat 4"),
        (None, r"14-aliases.ipynb does not exist"),
    ],
)
def test_an_unreadable_notebook_is_told_with_file_and_line(tmp_path, monkeypatch, content, sentence):
    monkeypatch.setattr("coldstart.course.LABS", tmp_path)
    if content:
        (tmp_path / ALIASES.lab.name).write_text(content)
    with pytest.raises(CourseError, match=sentence):
        run.run("14")


def _lab_of_one_check(tmp_path, monkeypatch, name):
    """A lab that begins and asks for one check."""
    source = f'from coldstart import lab\n\nlab.begin("14")\nlab.check("{name}")'
    notebook.write(new_notebook(cells=[new_code_cell(source, id="14-aliases-x")]), tmp_path / ALIASES.lab.name)
    (tmp_path / "checks").symlink_to(LABS / "checks")
    monkeypatch.setattr("coldstart.course.LABS", tmp_path)
    monkeypatch.setattr("coldstart.lab.records.RECORDS", tmp_path / "records")


def test_a_run_whose_check_fails_ends_with_status_1_and_says_what_to_do(here, tmp_path, monkeypatch, capsys):
    _lab_of_one_check(tmp_path, monkeypatch, "shifted")
    assert run.run("14") == 1
    out = capsys.readouterr().out
    assert "not yet  `live` sends everything to version 2\n         coldstart-14-greeting has no alias" in out
    assert "14-aliases: 0 of 4 checks pass" in out
    assert json.loads((tmp_path / "records" / "14-aliases.json").read_text())["outcome"] == "failed"


def test_a_run_that_breaks_off_ends_with_status_1_and_the_error(here, tmp_path, monkeypatch, capsys):
    _lab_of_one_check(tmp_path, monkeypatch, "no-such-check")
    assert run.run("14") == 1
    assert "14-aliases stopped: CourseError: There is no check no-such-check" in capsys.readouterr().err


def test_a_run_that_breaks_off_counts_no_check_of_an_earlier_run(here, tmp_path, monkeypatch, capsys):
    _lab_of_one_check(tmp_path, monkeypatch, "shifted")
    nb = notebook.read(tmp_path / ALIASES.lab.name)
    earlier = {"name": "shifted", "title": "", "passed": True, "message": ""}
    shown = new_output("display_data", data={face.CHECKS: [earlier]})
    nb.cells = [new_code_cell("1 / 0", id="14-aliases-y"), new_code_cell("", id="14-aliases-z", outputs=[shown])]
    notebook.write(nb, tmp_path / ALIASES.lab.name)
    assert run.run("14") == 1
    assert "14-aliases: 0 of 4 checks pass" in capsys.readouterr().out


def test_a_regen_stores_nothing_of_a_lab_that_fails(here, tmp_path, monkeypatch):
    _lab_of_one_check(tmp_path, monkeypatch, "shifted")
    before = (tmp_path / ALIASES.lab.name).read_bytes()
    with pytest.raises(CourseError, match=r"14-aliases.ipynb is left as it was: it fails `live` sends everything"):
        several.regen("14")
    assert (tmp_path / ALIASES.lab.name).read_bytes() == before
