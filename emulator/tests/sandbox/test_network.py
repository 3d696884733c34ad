"""Networks of their own, for servers of every kind of user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
USERS = {
    "this user": [],
    "an ordinary user": ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
    "root of a user namespace": ["unshare", "--user", "--map-root-user"],
}
PROGRAM = """
import json, os, pathlib, socket, sys, threading
from localstack_dockerless import sandbox
from localstack_dockerless.sandbox import network
root = pathlib.Path(sys.argv[1])
try:
    before = os.stat("/proc/self/ns/net").st_ino
    own, (listener, names) = network.make([("listener", "127.0.0.1", 9001), ("datagrams", "169.254.78.1", 53)], ["169.254.78.1"])
except network.Unusable as reason:
    print(json.dumps(str(reason)))
    sys.exit()
inside = '''
import json, os, socket
def reach(*address):
    try:
        return socket.create_connection(address, 0.5).recv(10).decode()
    except OSError as error:
        return type(error).__name__
places = [("127.0.0.1", 9001), ("10.0.0.5", 80), ("10.0.0.6", 80), ("127.0.0.1", 9002)]
files = [open(f"/etc/{name}").read() for name in ("resolv.conf", "hosts")]
print(json.dumps([[reach(*place) for place in places], files, len(os.listdir("/proc/self/fd"))]))
'''
def answer(listener, word):
    while True:
        connection, _ = listener.accept()
        connection.send(word)
        connection.close()
(added,) = own.change([("listener", "10.0.0.5", 80)], add=["10.0.0.5", "10.0.0.6"])
own.change([], remove=["10.0.0.6"])
for one, word in ((listener, b"api"), (added, b"added")):
    threading.Thread(target=answer, args=(one, word), daemon=True).start()
with socket.create_server(("127.0.0.1", 0)) as machine:
    reader, writer = os.pipe()
    command = ("/usr/bin/python3", "-c", inside)
    spec = sandbox.Spec("one", command, {"PATH": "/usr/bin:/bin"}, root / "code", directory=root / "one", network=own)
    box, ended = sandbox.create(spec), threading.Event()
    box.on_exit(lambda _: ended.set())
    box.start(writer)
    ended.wait(60)
    box.close()
os.close(writer)
stream = own.stream()
stream.connect(("127.0.0.1", 9001))
print(json.dumps([*json.loads(open(reader).read()), stream.recv(10).decode(), before == os.stat("/proc/self/ns/net").st_ino]))
"""


@pytest.fixture(scope="module", params=USERS)
def found(request, tmp_path_factory):
    """What a function finds, and the server afterwards."""
    prefix = USERS[request.param] if os.geteuid() == 0 else []
    if prefix and not shutil.which(prefix[0]):
        pytest.skip(f"there is no {prefix[0]}")
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    check = [*prefix, sys.executable, "-c", "import localstack_dockerless.sandbox"]
    if subprocess.run(check, env=environment, cwd="/", capture_output=True, check=False).returncode:
        pytest.skip("this user may not start this Python")
    root = tmp_path_factory.mktemp("network")
    for folder in [root, *(parent for parent in root.parents if parent.name.startswith(("pytest-", "popen-")))]:
        folder.chmod(0o755)
    (root / "code").mkdir()
    if request.param == "an ordinary user" and prefix:
        os.chown(root, 65534, 65534)
    command = [*prefix, sys.executable, "-c", PROGRAM, str(root)]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        pytest.skip(answer)
    return answer


def test_a_function_reaches_what_was_put_there_and_nothing_else(found):
    assert found[0] == ["api", "added", "TimeoutError", "ConnectionRefusedError"]


def test_a_function_asks_the_server_for_names(found):
    assert found[1] == ["nameserver 169.254.78.1\n", "127.0.0.1 localhost\n"]


def test_a_function_has_no_descriptors_of_it(found):
    assert found[2] == 4  # of the standard streams, and of the directory it lists


def test_the_server_reaches_a_function_and_stays_where_it_is(found):
    assert found[3:] == ["api", True]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DOCKERLESS_NETWORK", "host", "DOCKERLESS_NETWORK=host asks for the machine's network"),
        ("DOCKERLESS_SANDBOX", "plain", "it needs bubblewrap: DOCKERLESS_SANDBOX=plain asks to do without it"),
    ],
)
def test_a_network_of_its_own_may_be_unwanted(name, value, reason):
    program = "from localstack_dockerless import capabilities; print(capabilities._network())"
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {name: value}, capture_output=True, text=True, check=True
    )
    assert reason in done.stdout
    assert "'private_network': False" in done.stdout


def test_a_helper_that_was_killed_is_replaced():
    program = (
        "from localstack_dockerless.sandbox import network; first = network.helper(); "
        "first._process.kill(); first._process.wait(); print(len(network.make([], [])), network.helper() is not first)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    if "Unusable" in done.stderr:
        pytest.skip("this machine has no network namespaces")
    assert done.stdout.split() == ["2", "True"], done.stderr
