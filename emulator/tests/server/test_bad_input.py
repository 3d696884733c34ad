"""What a person can mend gets one sentence and exit status 1; a wrong command line gets 2."""

from __future__ import annotations

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from servers import COMMAND


def refusal(done, status=1):
    """The one line of a refusal."""
    assert done.returncode == status
    (line,) = done.stderr.splitlines()
    return line


@contextmanager
def answering(port, answer):
    """Somebody else's server on the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield
        other.shutdown()


def test_a_port_that_listens_without_a_word_is_taken(another_server):
    one = another_server()
    with socket.create_server(("127.0.0.1", one.port)):
        assert f"Port {one.port} is taken by another program" in refusal(one.command("start"))


def test_a_port_of_another_program_that_speaks_http_is_taken(another_server):
    one = another_server()
    with answering(one.port, {"name": "something else"}):
        assert f"Port {one.port} is taken by another program" in refusal(one.command("start"))


def test_a_server_of_another_version_is_not_used(another_server):
    one = another_server()
    with answering(one.port, {"name": "localstack-dockerless", "version": "0.0.1", "ready": True}):
        assert "localstack-dockerless 0.0.1 is running" in refusal(one.command("start"))


def test_a_directory_in_use_is_not_shared(server, another_server):
    sentence = refusal(another_server().command("start", f"--data={server.data}"))
    assert f"is in use by the server on port {server.port}" in sentence


def test_another_directory_for_a_running_server_is_refused(server, tmp_path):
    assert f"keeps its data in {server.data}" in refusal(server.command("start", f"--data={tmp_path}"))


def test_a_directory_that_cannot_be_made_is_named(another_server, tmp_path):
    (tmp_path / "file").touch()
    assert "cannot hold a server's data: Not a directory" in refusal(
        another_server().command("start", f"--data={tmp_path / 'file' / 'below'}")
    )


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_said(another_server):
    one = another_server()
    one.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", one.data], check=True)
    try:
        assert f"The disk of {one.data} is full" in refusal(one.command("start"))
    finally:
        subprocess.run(["umount", one.data], check=True)


@pytest.mark.parametrize("scale", ["0", "-1", "2"])
def test_a_time_scale_that_makes_no_sense_is_refused(another_server, scale):
    assert "makes no sense" in refusal(another_server().command("start", f"--time-scale={scale}"))


def test_a_port_that_is_none_is_refused():
    done = subprocess.run([*COMMAND, "start", "--port=70000"], capture_output=True, text=True, check=False)
    assert "70000 is not a TCP port" in refusal(done)


def test_reset_without_a_server_says_so(another_server):
    assert "No server is running" in refusal(another_server().command("reset"))


def test_stop_without_a_server_is_no_error(another_server):
    one = another_server()
    done = one.command("stop")
    assert (done.returncode, done.stdout) == (0, f"No server is running on port {one.port}.\n")


def test_an_unknown_command_is_a_wrong_command_line(another_server):
    assert another_server().command("fly").returncode == 2
