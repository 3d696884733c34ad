"""The Node.js runtimes: the machine's node with a runtime client of our own."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from pathlib import Path

from localstack_dockerless.runtimes.model import Runtime, RuntimeUnavailable, managed
from localstack_dockerless.sandbox.model import Mount

IDENTIFIERS = ("nodejs20.x", "nodejs22.x", "nodejs24.x")
# V8 sizes its heap by the machine; told the function's memory, it collects before the environment is killed for it.
_START = 'exec "$0" --max-old-space-size=$((AWS_LAMBDA_FUNCTION_MEMORY_SIZE * 9 / 10)) "$LAMBDA_RUNTIME_DIR/index.mjs"'
CLIENT = Path(__file__).parent / "files" / "node"


@functools.cache
def _find() -> tuple[str, Path] | None:
    """Return the release of the machine's node and its binary."""
    program = shutil.which("node") or shutil.which("nodejs")
    if not program:
        return None
    ask = [program, "-p", "JSON.stringify([process.versions.node, process.execPath])"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    number, path = json.loads(done.stdout)
    return number, Path(path).resolve()


def _mount(program: Path) -> Mount:
    """Return node with what is installed around it, or alone where that would be a person's home (``~/bin/node``)."""
    prefix = program.parent.parent
    if Path.home().resolve().is_relative_to(prefix):
        return Mount(program, "/var/lang/bin/node")
    return Mount(prefix, "/var/lang")


def release() -> str | None:
    """Return the release of the machine's node ("22.11.0"), None when there is none."""
    found = _find()
    return found[0] if found else None


def resolve(identifier: str) -> Runtime:
    """Return how a Node.js runtime is run; see ``runtimes.resolve``."""
    found = _find()
    if not found:
        raise RuntimeUnavailable(
            f"{identifier} needs Node.js, which is not installed on this machine: install `nodejs`"
        )
    number, program = found
    major = identifier.removeprefix("nodejs").removesuffix(".x")
    fits = number.split(".")[0] == major
    places = [f"/opt/nodejs/node{major}/node_modules", "/opt/nodejs/node_modules", "/var/runtime/node_modules"]
    return Runtime(
        identifier,
        ("/bin/sh", "-c", _START, "/var/lang/bin/node"),
        (_mount(program), Mount(CLIENT, "/var/runtime")),
        managed(identifier, NODE_PATH=":".join([*places, "/var/runtime", "/var/task"])),
        "" if fits else f"{identifier} runs on this machine's Node {number}",
    )
