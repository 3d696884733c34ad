"""What a function sees of files, users and processes, and what it cannot reach."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from localstack_dockerless import sandbox

pytestmark = pytest.mark.usefixtures("sandboxed")


@pytest.mark.parametrize(
    ("path", "mode"),
    [("/var/task", "755"), ("/opt", "755"), ("/var/runtime", "755"), ("/var/lang", "755"), ("/tmp", "1777"),
     ("/lambda-entrypoint.sh", "755")],
)  # fmt: skip
def test_places_have_the_mode_they_have_on_lambda(trial, path, mode):
    one = trial(f"stat -c %a {path}").start()
    assert one.wait().status == 0
    assert one.output().strip() == mode


def test_the_function_runs_as_the_sandbox_user_in_its_code(trial):
    one = trial("id -un; id -u; id -g; pwd").start()
    one.wait()
    assert one.output().split() == ["sbx_user1051", "993", "990", "/var/task"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user than the function's")
def test_code_belongs_to_root(trial):
    one = trial("stat -c %U /var/task /opt /lambda-entrypoint.sh").start()
    one.wait()
    assert set(one.output().split()) == {"root"}


@pytest.mark.parametrize("path", ["/var/task/x", "/opt/x", "/x", "/usr/x", "/etc/x", "/dev/shm/x", "/var/runtime/x"])
def test_nothing_but_tmp_can_be_written(trial, path):
    one = trial(f"touch {path}").start()
    assert one.wait().status == 1
    assert "Read-only file system" in one.output()


def test_home_directories_the_repository_and_server_data_are_not_there(trial, tmp_path):
    places = ["/root", "/home", str(Path(__file__).parent), str(tmp_path)]
    one = trial(f"for place in {' '.join(places)}; do [ -e $place ] && echo $place; done; true").start()
    assert one.wait().status == 0
    assert one.output() == ""


def test_the_environment_is_exactly_the_given_one(trial):
    given = {"PATH": "/usr/bin", "PWD": "/var/task", "QUOTED": 'it\'s "so"\n$HOME', "LD_PRELOAD": ""}
    one = trial(
        python="import os, json; print(json.dumps(dict(os.environ)))", environment=given | {"LC_ALL": "C.UTF-8"}
    )
    one.start().wait()
    assert json.loads(one.output()) == given | {"LC_ALL": "C.UTF-8"}


def test_stack_traces_name_the_place_of_the_code(trial):
    one = trial(python="import sys; sys.path.insert(0, '/var/task'); import app; app.handler(1, 2)").start()
    one.wait()
    assert 'File "/var/task/app.py", line 2, in handler' in one.output()


def test_no_other_process_is_seen(trial):
    one = trial("ls /proc | grep -c '^[0-9]'").start()
    one.wait()
    assert int(one.output()) <= 5  # the sandbox's first process, the shell, ls and grep


def test_the_server_cannot_be_killed_or_looked_into(trial):
    one = trial(f"kill -9 {os.getpid()}; cat /proc/{os.getpid()}/environ").start()
    assert one.wait().status == 1


def test_privileges_cannot_be_gained(trial):
    one = trial("grep -E 'NoNewPrivs|CapEff|CapBnd' /proc/self/status").start()
    one.wait()
    assert one.output().split() == ["CapEff:", "0" * 16, "CapBnd:", "0" * 16, "NoNewPrivs:", "1"]


def test_a_library_in_the_function_s_environment_is_never_loaded_with_rights(trial):
    one = trial("id -u; echo done", environment={"PATH": "/usr/bin:/bin", "LD_PRELOAD": "/var/task/missing.so"}).start()
    assert one.wait().status == 0
    # Only the function's own programs complain: neither bubblewrap nor what drops the rights saw the variable.
    assert one.output().count("missing.so") == 2


def test_another_environment_s_tmp_is_not_reachable(trial):
    first = trial("echo secret > /tmp/secret; echo written; sleep 20").start()
    first.until("written")
    second = trial("ls -A /tmp; for each in /proc/*; do ls $each/root/tmp/secret 2>/dev/null; done; true").start()
    assert second.wait().status == 0
    assert second.output() == ""


def test_tmp_is_kept_over_a_restart_of_the_process(trial):
    one = trial("cat /tmp/count 2>/dev/null; echo again >> /tmp/count").start()
    one.wait()
    one.start().wait()
    assert one.output() == "again\n"


def test_layers_lie_over_each_other_in_order(trial, tmp_path):
    layers = []
    for number in (1, 2, 3):
        layer = tmp_path / f"layer{number}"
        (layer / "bin").mkdir(parents=True)
        (layer / "same").write_text(str(number))
        (layer / f"only{number}").write_text("here")
        layers.append(layer)
    (layers[0] / "bin" / "tool").write_text("#!/bin/sh\necho tool\n")
    (layers[0] / "bin" / "tool").chmod(0o755)
    (layers[1] / "link").symlink_to("same")
    one = trial("cat /opt/same /opt/link; ls /opt; /opt/bin/tool", layers=tuple(layers)).start()
    assert one.wait().status == 0
    assert one.output().split() == ["33bin", "link", "only1", "only2", "only3", "same", "tool"]
    assert (layers[0] / "same").read_text() == "1"


def test_a_later_layer_may_put_a_file_where_a_directory_was(trial, tmp_path):
    (tmp_path / "first" / "thing").mkdir(parents=True)
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "thing").write_text("a file")
    one = trial("cat /opt/thing", layers=(tmp_path / "first", tmp_path / "second")).start()
    one.wait()
    assert one.output() == "a file"


@pytest.mark.parametrize(("read_only", "status"), [(True, 1), (False, 0)])
def test_mounts_are_writable_only_when_asked(trial, tmp_path, read_only, status):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
    mount = sandbox.Mount(shared, "/mnt/data", read_only)
    one = trial("echo hello > /mnt/data/file", mounts=(mount,)).start()
    assert one.wait().status == status
    assert (shared / "file").exists() != read_only


def test_sh_behaves_like_bash(trial):
    one = trial("set -o pipefail; echo 'echo sourced' > /tmp/it; source /tmp/it; false | true").start()
    assert one.wait().status == 1
    assert one.output() == "sourced\n"


def test_further_names_are_in_hosts(trial):
    one = trial("cat /etc/hosts", names={"sandbox": "127.1.2.3"}).start()
    one.wait()
    assert one.output().startswith("127.1.2.3 sandbox\n")
