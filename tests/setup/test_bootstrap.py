"""The set-up that `make` runs first: what it installs, when it does nothing, and what it says when it cannot."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coldstart.paths import ROOT

# Stands in for uv and records what it is asked; what it installs is tested by every other test of a clean checkout.
FAKE_UV = """#!/bin/sh
PATH=/usr/bin:/bin
echo "$@" >> "$CALLS"
case "$*" in *venv*) for last; do :; done; mkdir -p "$last/bin"; touch "$last/bin/python"
  for name in coldstart localstack-dockerless aws sam chalice; do
    printf '#!/bin/sh\\n# %s\\necho "runtimes $@" >> "$CALLS"\\n' "$last/bin" > "$last/bin/$name"; chmod +x "$last/bin/$name"
  done;; esac
exit ${UV_FAILS:-0}
"""


FAKE_NPM = """#!/bin/sh
PATH=/usr/bin:/bin
echo "npm $@" >> "$CALLS"
mkdir -p node_modules
exit ${NPM_FAILS:-0}
"""


class Checkout:
    """A small checkout with a recording uv and npm."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / "calls"
        for name in (
            "src/coldstart/bootstrap.py",
            "pyproject.toml",
            "emulator/pyproject.toml",
            ".python-version",
            "Makefile",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        for name in (
            "requirements/course.txt",
            "requirements/test.txt",
            "emulator/requirements/server.txt",
            "emulator/requirements/test.txt",
            "emulator/requirements/programs.txt",
            "tests/quiz/gift/package-lock.json",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"# {name}\n")
        self.uv, self.npm = folder / "uv", folder / "npm"
        for program, text in ((self.uv, FAKE_UV), (self.npm, FAKE_NPM)):
            program.write_text(text)
            program.chmod(0o755)

    def set_up(self, profile="course", **environment):
        command = [sys.executable, self.folder / "src/coldstart/bootstrap.py", profile]
        variables = {"PATH": "/usr/bin:/bin", "UV": str(self.uv), "NPM": str(self.npm), "CALLS": str(self.log)}
        variables |= environment
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    def calls(self):
        done = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return done


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_it_installs_exactly_the_locked_requirements_of_both_environments(checkout):
    assert checkout.set_up().returncode == 0
    synced = [call for call in checkout.calls() if call.startswith("pip sync")]
    assert ["--require-hashes" in call for call in synced] == [True, True]
    assert [call.split()[-1].removeprefix(f"{checkout.folder}/") for call in synced] == [
        "requirements/course.txt",
        "emulator/requirements/server.txt",
    ]


def test_the_second_time_it_installs_nothing(checkout):
    checkout.set_up()
    checkout.calls()
    checkout.set_up()
    assert [call for call in checkout.calls() if call.startswith("pip")] == []


def test_the_programs_that_tests_run_have_an_environment_of_their_own_which_a_learner_does_not_get(checkout):
    checkout.set_up()
    assert not (checkout.folder / "emulator/.venv-programs").exists()
    checkout.calls()
    assert checkout.set_up("test").returncode == 0
    into = f"--python {checkout.folder}/emulator/.venv-programs {checkout.folder}/emulator/requirements/programs.txt"
    assert [call for call in checkout.calls() if call.endswith(into)] == [f"pip sync --quiet --require-hashes {into}"]
    assert checkout.set_up("test").returncode == 0
    assert [call for call in checkout.calls() if call.startswith(("pip", "venv"))] == []


def test_what_reads_gift_in_the_tests_is_installed_once_and_not_for_a_learner(checkout):
    checkout.set_up()
    assert [call for call in checkout.calls() if call.startswith("npm")] == []
    for _ in range(2):
        assert checkout.set_up("test").returncode == 0
    assert [call for call in checkout.calls() if call.startswith("npm")] == ["npm ci --silent"]
    (checkout.folder / "tests/quiz/gift/package-lock.json").write_text("{}")
    checkout.set_up("test")
    assert "npm ci --silent" in checkout.calls()


def test_what_cannot_be_installed_for_gift_is_told_and_tried_again(checkout):
    failed = checkout.set_up("test", NPM_FAILS="1")
    assert failed.returncode == 0
    assert "the test of GIFT is skipped" in failed.stderr
    checkout.calls()
    assert checkout.set_up("test").returncode == 0
    assert checkout.calls() == ["npm ci --silent"]


@pytest.mark.parametrize("damage", ["bin/sam", "fingerprint"])
def test_programs_that_are_not_whole_are_installed_again(checkout, damage):
    checkout.set_up("test")
    (checkout.folder / "emulator/.venv-programs" / damage).unlink()
    assert checkout.set_up("test").returncode == 0
    assert (checkout.folder / "emulator/.venv-programs" / damage).exists()


def test_clients_that_could_not_be_installed_are_tried_again(checkout):
    checkout.set_up()
    (checkout.folder / "emulator/.venv/clients-installed").unlink()
    checkout.calls()
    checkout.set_up()
    assert checkout.calls() == ["runtimes runtimes install"]


@pytest.mark.parametrize("command", [".venv/bin/coldstart", "emulator/.venv/bin/localstack-dockerless"])
def test_a_command_that_was_lost_is_installed_again(checkout, command):
    checkout.set_up()
    (checkout.folder / command).unlink()
    assert checkout.set_up().returncode == 0
    assert (checkout.folder / command).exists()


def test_a_checkout_that_was_moved_gets_commands_that_work(checkout):
    checkout.set_up()
    moved = checkout.folder.with_name(f"{checkout.folder.name}-moved")
    checkout.folder.rename(moved)
    checkout.folder, checkout.uv, checkout.log = moved, moved / "uv", moved / "calls"
    assert checkout.set_up().returncode == 0
    for command in (".venv/bin/coldstart", "emulator/.venv/bin/localstack-dockerless"):
        assert str(moved) in (moved / command).read_text()


def test_a_changed_lock_is_installed_again(checkout):
    checkout.set_up()
    checkout.calls()
    (checkout.folder / "requirements/course.txt").write_text("# newer\n")
    checkout.set_up()
    assert [call.split()[-1] for call in checkout.calls() if call.startswith("pip sync")] == [
        f"{checkout.folder}/requirements/course.txt"
    ]


def test_a_learner_keeps_the_environment_that_the_tests_made(checkout):
    checkout.set_up("test")
    checkout.calls()
    checkout.set_up("course")
    assert [call for call in checkout.calls() if call.startswith("pip")] == []


def test_a_failed_installation_is_one_sentence_and_is_tried_again(checkout):
    failed = checkout.set_up(UV_FAILS="1")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("coldstart: ")
    checkout.calls()
    assert checkout.set_up().returncode == 0
    assert any(call.startswith("pip sync") for call in checkout.calls())


def test_a_python_that_is_too_old_gets_one_sentence(checkout):
    pretend = f"import sys, runpy; sys.version_info = (3, 9, 1); runpy.run_path({str(checkout.folder / 'src/coldstart/bootstrap.py')!r}, run_name='__main__')"
    refused = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("coldstart needs Python 3.11 or newer")
    assert len(refused.stderr.splitlines()) == 1


def test_a_machine_without_python_gets_one_sentence(checkout):
    refused = subprocess.run(
        ["make", "-s", "up", "PYTHON=python-that-is-not-there"],
        cwd=checkout.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0].startswith("coldstart needs Python 3.11 or newer")


def test_make_alone_lists_at_most_twelve_verbs_with_a_sentence_each():
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert 8 <= len(listed) <= 12
    assert all(len(line.split("\t")) == 2 for line in listed)


def test_a_package_that_cannot_be_installed_is_named_and_the_set_up_goes_on(checkout):
    apt = checkout.folder / "apt-get"
    apt.write_text("#!/bin/sh\nexit 1\n")
    apt.chmod(0o755)
    went_on = checkout.set_up(PATH=f"{checkout.folder}:{checkout.folder / 'bin'}")
    assert went_on.returncode == 0
    assert (
        "bubblewrap is not installed: functions then run without isolation from your files. To have it: sudo apt-get install bubblewrap"
        in went_on.stderr
    )
