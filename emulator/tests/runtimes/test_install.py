"""The client of each interpreter is installed once, and the package brings the list itself."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from localstack_dockerless.runtimes import cli, install, interpreters, python


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty place for clients."""
    monkeypatch.setenv("DOCKERLESS_RUNTIMES", str(tmp_path))
    return tmp_path


@pytest.fixture
def interpreter():
    found = next(filter(None, map(interpreters.find, reversed(python.VERSIONS))), None)
    return found or pytest.skip("no interpreter of a runtime on this machine")


def test_the_package_ships_the_list_that_is_locked():
    locked = Path(__file__).parents[2] / "requirements/runtime.txt"
    assert install.requirements().read_bytes() == locked.read_bytes()


def test_an_interpreter_without_a_client_says_what_to_type(elsewhere, interpreter):
    with pytest.raises(python.RuntimeUnavailable, match=r"localstack-dockerless runtimes install"):
        python.resolve(f"python{interpreter.version}")


def test_a_client_that_is_there_is_left_alone(interpreter):
    if not install.is_current(f"python{interpreter.version}"):
        pytest.skip("the client of that interpreter is not installed")
    start = time.monotonic()
    assert install.install(interpreter) is False
    assert time.monotonic() - start < 1


def test_a_new_starter_is_copied_without_installing_everything_again(elsewhere, interpreter):
    client = install.directory(f"python{interpreter.version}")
    client.mkdir()
    (client / install.STAMP).write_text(install._fingerprint())
    assert install.install(interpreter) is True
    assert install.is_current(f"python{interpreter.version}")


def test_a_failing_installer_is_reported_and_leaves_nothing(elsewhere, interpreter, monkeypatch, capsys):
    monkeypatch.setenv("UV", shutil.which("false") or "/bin/false")
    monkeypatch.setattr(python, "VERSIONS", (interpreter.version,))
    assert cli.main(["install"]) == 1
    assert capsys.readouterr().out.startswith(f"python{interpreter.version}: {os.environ['UV']} failed")
    assert not [path for path in elsewhere.iterdir() if not path.name.endswith(".lock")]


def test_the_list_names_every_runtime(capsys):
    assert cli.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        *(f"python3.{minor}" for minor in range(10, 15)),
        *("nodejs20.x", "nodejs22.x", "nodejs24.x", "provided.al2023", "provided.al2"),
    ]
