"""System calls that the sandbox refuses although nothing else would."""

from __future__ import annotations

import errno
import json
import struct

import pytest
from localstack_dockerless.sandbox import bubblewrap, seccomp

CALLS = """
import ctypes, json, os, subprocess, threading
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *words):
    ctypes.set_errno(0)
    result = libc.syscall(number, *words)
    if result == 0 and number in (56, 220): os._exit(0)
    return ctypes.get_errno() if result < 0 else 0
column = 0 if os.uname().machine == "x86_64" else 1
told = {name: call(pair[column], *words) for name, pair, words in %r}
thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
told["threads and children"] = subprocess.run(["true"]).returncode
print(json.dumps(told))
"""
NEW_USER, SIGCHLD = 0x10000000, 17
WORDS = {
    "unshare": (NEW_USER,),
    "keyctl": (0, -3, 1),
    "add_key": (b"user", b"x", b"x", 1, -3),
    "io_uring_setup": (1, None),
}
ASKED = [(name, (seccomp.REFUSED | seccomp.ABSENT)[name], words) for name, words in WORDS.items()]


@pytest.fixture(autouse=True)
def filtering(sandboxed):
    if not bubblewrap.means().filters:
        pytest.skip("system calls are not filtered here")


def test_namespaces_keyrings_and_io_uring_are_refused_and_threads_are_not(trial):
    one = trial(python=CALLS % [*ASKED, ("clone", seccomp.CLONE, (NEW_USER | SIGCHLD, None, None, None, None))]).start()
    one.wait()
    assert json.loads(one.output()) == {
        **dict.fromkeys(["unshare", "keyctl", "add_key", "clone"], errno.EPERM),
        "io_uring_setup": errno.ENOSYS,
        "threads and children": 0,
    }


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_lands_on_the_next_question_or_on_the_answer(machine):
    steps = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    last = len(steps) - 1
    assert steps[last] == (0x06, 0, 0, 0x7FFF0000)
    for number, (_, holds, fails, _) in enumerate(steps[:-1]):
        assert number + 1 + max(holds, fails) <= last


def test_a_processor_whose_numbers_are_unknown_has_no_filter():
    assert seccomp.program("riscv64") is None
