"""An image by itself: what `docker run` does with an image that has a Runtime Interface Emulator."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from containers import PYTHON, bare, build, image_command
from deployed import eventually
from localstack_dockerless.sandbox import bubblewrap
from localstack_dockerless.services.container_images import local
from servers import COMMAND, free_port

HANDLER = """\
import os
def handler(event, context):
    if event == "exit":
        os._exit(3)
    print("printed")
    return {"event": event, "greeting": os.environ["GREETING"], "name": context.function_name, "mb": context.memory_limit_in_mb}
"""
DOCKERFILE = f'{PYTHON}ENV GREETING=hello\nCOPY app.py ${{LAMBDA_TASK_ROOT}}/\nCMD ["app.handler"]\n'


@pytest.fixture(scope="module", autouse=True)
def sandboxed(runtimes):
    try:
        bubblewrap.means()
    except bubblewrap.Unusable as reason:
        pytest.skip(f"bubblewrap does not work here: {reason}")


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    return build(tmp_path_factory.mktemp("image"), DOCKERFILE, app__py=HANDLER)


@contextmanager
def running(layout, *options):
    """Run the image; give its address and its process."""
    command = [*COMMAND, "image", "run", str(layout), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.terminate()


def ask(url, event):
    with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as answer:
        return json.load(answer)


def test_an_event_gets_the_handlers_answer_at_the_path_of_invoke(layout):
    with running(layout) as (url, _):
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/2015-03-31/functions/function/invocations")
        answer = ask(url, {"a": 1})
        assert answer == {"event": {"a": 1}, "greeting": "hello", "name": "test_function", "mb": "3008"}


def test_variables_win_over_the_images(layout):
    with running(layout, "--env", "GREETING=good day") as (url, _):
        assert ask(url, {})["greeting"] == "good day"


def test_the_log_is_printed_and_it_ends_in_peace(layout):
    with running(layout) as (url, process):
        ask(url, 1)
        ask(url, 2)
        process.send_signal(signal.SIGTERM)
        printed, complaints = process.communicate(timeout=60)
    lines = printed.splitlines()
    assert [line.split()[0] for line in lines] == ["START", "printed", "END", "REPORT"] * 2
    assert (process.returncode, complaints) == (0, "")


def test_a_program_that_ends_is_answered_and_started_again(layout):
    with running(layout) as (url, _):
        assert ask(url, "exit")["errorType"] == "Runtime.ExitError"
        assert ask(url, "again")["event"] == "again"


def test_an_image_with_a_runtime_of_its_own_runs(tmp_path):
    layout = bare(tmp_path, 'WORKDIR /etc\nENTRYPOINT ["/boot"]\nCMD ["one"]\n')
    with running(layout) as (url, _):
        assert ask(url, {"a": 1})["arguments"] == "one"


@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions/other/invocations"])
def test_there_is_one_function_and_no_other_address(layout, path):
    with running(layout) as (url, _):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            ask(url.replace(local.PATH, path), {})
        assert refusal.value.code == 404


def test_nothing_is_left_behind(layout, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running(layout) as (url, process):
        ask(url, {})
        process.terminate()
        process.communicate(timeout=60)
    assert eventually(lambda: list(tmp_path.iterdir()) == [])


def test_a_taken_port_is_refused_in_a_sentence(layout):
    with running(layout) as (url, _):
        port = url.split(":")[2].partition("/")[0]
        done = image_command("run", str(layout), "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} cannot be used")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [None, "{}", "[", '{"manifests": [{"digest": "sha256:0"}]}', '{"manifests": [1]}'])
def test_what_is_no_image_is_refused_in_a_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "index.json").write_text(content)
    done = image_command("run", str(tmp_path), "--port", str(free_port()))
    assert done.returncode == 1
    assert f"{tmp_path} is no image that `image build` wrote" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_variable_without_a_name_is_refused(layout):
    done = image_command("run", str(layout), "--env", "=x")
    assert (done.returncode, done.stderr) == (1, "--env: '=x' is not NAME=VALUE.\n")


def test_without_bubblewrap_it_says_so(layout, monkeypatch):
    monkeypatch.setenv("DOCKERLESS_SANDBOX", "plain")
    done = image_command("run", str(layout), "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("An image needs bubblewrap to run, and DOCKERLESS_SANDBOX=plain asks")


def test_no_server_and_no_code_of_localstack_is_needed():
    """It has to start at once, on a machine on which nothing else runs."""
    words = "import sys, localstack_dockerless.services.container_images.local; print('localstack' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
