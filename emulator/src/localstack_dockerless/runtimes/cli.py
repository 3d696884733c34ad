"""``localstack-dockerless runtimes``: lists the runtimes of this machine, and installs their clients."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from localstack_dockerless.runtimes import RuntimeUnavailable, install, interpreters, node, provided, python, resolve


def main(argv: Sequence[str] | None = None) -> int:
    """List the runtimes, or install their clients; return the exit status."""
    parser = argparse.ArgumentParser(prog="localstack-dockerless runtimes", description="The runtimes of this machine.")
    parser.add_argument("action", nargs="?", choices=("list", "install"), default="list")
    return {"list": _list, "install": _install}[parser.parse_args(argv).action]()


def _list() -> int:
    for identifier in (*python.IDENTIFIERS, *node.IDENTIFIERS, *provided.IDENTIFIERS):
        print(f"{identifier:16} {_describe(identifier)}")
    return 0


def _describe(identifier: str) -> str:
    try:
        runtime = resolve(identifier)
    except RuntimeUnavailable as reason:
        return f"unavailable: {reason}"
    lang = next(
        (str(mount.source) for mount in runtime.mounts if mount.target == "/var/lang"), "the function's bootstrap"
    )
    return runtime.note or lang


def _install() -> int:
    """Install the client of every interpreter found; one that refuses does not keep the others from theirs."""
    found = [interpreter for version in python.VERSIONS if (interpreter := interpreters.find(version))]
    served = 0
    for interpreter in found:
        try:
            done = install.install(interpreter)
        except install.InstallError as error:
            print(f"python{interpreter.version}: {error}")
            continue
        served += 1
        print(f"python{interpreter.version}: {'installed' if done else 'already there'}")
    if not found:
        print("no Python from 3.10 to 3.14 found")
    return 0 if served else 1
