"""OS-only runtimes whose bootstrap is missing or cannot be started, and what a timeout is billed with."""

from __future__ import annotations

import io
import zipfile

import pytest
from deployed import archive
from localstack_dockerless.runtimes import provided

SLEEPS = """
import time
def handler(event, context):
    time.sleep(60 if event.get("sleep") else 0)
"""


def unexecutable():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o644 << 16
        package.writestr(entry, "#!/bin/sh\n")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (archive({"other": ""}), "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
        (unexecutable(), "fork/exec /var/task/bootstrap: permission denied"),
    ],
)
def test_a_bootstrap_that_cannot_be_started_is_an_invalid_entrypoint(deploy, code, reason):
    answer = deploy(code=code, Runtime="provided.al2023", Handler="any").invoke()
    request_id = answer.report.removeprefix("REPORT RequestId: ").partition("\t")[0]
    assert answer.value == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {request_id} Error: {reason}",
    }
    assert answer.report.endswith("Status: error\tError Type: Runtime.InvalidEntrypoint")


def test_the_bootstrap_of_the_last_layer_counts(tmp_path):
    code, first, last = (tmp_path / name for name in ("code", "first", "last"))
    for directory, mode in ((first, 0o644), (last, 0o755)):
        directory.mkdir()
        (directory / "bootstrap").write_text("#!/bin/sh\n")
        (directory / "bootstrap").chmod(mode)
    assert provided.problem(code, (first, last)) == ""
    assert provided.problem(code, (last, first)) == "fork/exec /opt/bootstrap: permission denied"


def test_an_invocation_that_timed_out_took_its_timeout_and_no_more(deploy):
    function = deploy(code=archive({"probe.py": SLEEPS}), Timeout=2)
    function.invoke()
    assert "\tDuration: 2000.00 ms\tBilled Duration: 2000 ms\t" in function.invoke({"sleep": True}).report
