"""OS-only runtimes: the function brings its bootstrap, as a shell script or a program."""

from __future__ import annotations

import shutil

import pytest
from localstack_dockerless.runtimes import provided

SEEN = "/usr/local/bin:/usr/bin:/bin"
BOOTSTRAP = """#!/bin/sh
set -euo pipefail
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
source "$LAMBDA_TASK_ROOT/greet.sh"
while true; do
    headers=$(mktemp)
    curl -sS -o /tmp/event -D "$headers" "$api/invocation/next"
    id=$(grep -i '^lambda-runtime-aws-request-id' "$headers" | tr -d '[:space:]' | cut -d: -f2)
    curl -sS -o /dev/null "$api/invocation/$id/response" -d "$(greet)"
done
"""
GREET = """greet() { printf '{"file": "%s", "event": %s, "shlvl": "%s"}' "$0" "$(cat /tmp/event)" "${SHLVL:-}"; }"""


needs_curl = pytest.mark.skipif(
    not shutil.which("curl", path=SEEN), reason="there is no curl in /usr, which functions see"
)
needs_python = pytest.mark.skipif(
    not shutil.which("python3", path=SEEN), reason="there is no python3 in /usr, which functions see"
)


@needs_curl
@pytest.mark.parametrize("identifier", provided.IDENTIFIERS)
def test_a_shell_script_serves_invocations(function, identifier):
    one = function(identifier, {"bootstrap": BOOTSTRAP, "greet.sh": GREET}, "any")
    for number in (1, 2):
        kind, answer = one.invoke({"number": number})
        assert (kind, answer["event"], answer["file"]) == ("response", {"number": number}, "/var/task/bootstrap")


@needs_curl
def test_the_bootstrap_may_come_from_a_layer(function, tmp_path):
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "bootstrap").write_text(BOOTSTRAP)
    (layer / "bootstrap").chmod(0o755)
    _, answer = function("provided.al2023", {"greet.sh": GREET}, "any", (layer,)).invoke()
    assert answer["file"] == "/opt/bootstrap"


@needs_python
def test_the_environment_lacks_what_only_managed_runtimes_set(function):
    report = """#!/usr/bin/env python3
import json, os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
urllib.request.urlopen(api + "next").read()
urllib.request.urlopen(api + "request-1/response", json.dumps(dict(os.environ)).encode())
"""
    _, answer = function("provided.al2023", {"bootstrap": report}, "any").invoke()
    assert not {"AWS_EXECUTION_ENV", "PWD", "SHLVL", "PYTHONPATH", "_"} & answer.keys()
    assert answer["LAMBDA_TASK_ROOT"] == "/var/task"


def test_a_missing_bootstrap_is_named(function):
    one = function("provided.al2023", {"readme": ""}, "any")
    assert one.exits.get(timeout=20).status == 127
    assert "bootstrap" in one.output()
