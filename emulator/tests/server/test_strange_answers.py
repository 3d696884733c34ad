"""A server of ours that answers strangely or not at all is a sentence, not a traceback."""

from __future__ import annotations

import http.server
import json
import threading

import pytest
from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.server import launcher
from localstack_dockerless.server.settings import Settings

HEALTH = {"name": launcher.NAME, "version": "0.0.1", "ready": True}


@pytest.fixture
def strange(tmp_path):
    """Makes a server whose health is good and whose other answers are the given bytes; None hangs."""
    ended, made = threading.Event(), []

    def make(answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(HEALTH).encode() if self.path.endswith("health") else answer
                if body is None:
                    ended.wait(20)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.do_GET()

            def log_message(self, *_arguments):
                pass

        made.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=made[-1].serve_forever, args=(0.05,), daemon=True).start()
        return Settings(made[-1].server_port, tmp_path)

    yield make
    ended.set()
    for one in made:
        one.shutdown()
        one.server_close()


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"\xff", None])
@pytest.mark.parametrize("command", [launcher.status, lambda settings: launcher.reset(settings, None)])
def test_no_answer_or_a_strange_one_is_said(monkeypatch, strange, command, answer):
    monkeypatch.setattr(launcher, "ANSWER_TIMEOUT", 0.2)
    with pytest.raises(DockerlessError, match="does not answer as it should"):
        command(strange(answer))


def test_a_server_that_tells_less_is_of_another_version(strange):
    with pytest.raises(DockerlessError, match=r"localstack-dockerless 0\.0\.1 is running"):
        launcher.status(strange(json.dumps(HEALTH).encode()))
