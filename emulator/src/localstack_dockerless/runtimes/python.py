"""The Python runtimes: the machine's interpreter at /var/lang, AWS's client and SDK at /var/runtime."""

from __future__ import annotations

from localstack_dockerless.runtimes import install, interpreters
from localstack_dockerless.runtimes.model import Runtime, RuntimeUnavailable, managed
from localstack_dockerless.sandbox.model import Mount

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
IDENTIFIERS = tuple(f"python{version}" for version in VERSIONS)


def resolve(identifier: str) -> Runtime:
    """Return how a Python runtime is run; see ``runtimes.resolve``."""
    interpreter = interpreters.find(identifier.removeprefix("python"))
    if not interpreter:
        raise RuntimeUnavailable(
            f"{identifier} is not installed on this machine: install it (pyenv, uv or the system's packages),"
            " then type `localstack-dockerless runtimes install`"
        )
    client = install.directory(identifier)
    if not install.is_current(identifier):
        raise RuntimeUnavailable(
            f"{identifier} has no runtime interface client yet: type `localstack-dockerless runtimes install`"
        )
    return Runtime(
        identifier,
        # -S: no scan for packages of the machine; a function sees its own, its layers' and the runtime's.
        (f"/var/lang/bin/{identifier}", "-S", "/var/runtime/bootstrap.py"),
        (Mount(interpreter.prefix, "/var/lang"), Mount(client, "/var/runtime")),
        managed(identifier, PYTHONPATH="/var/runtime"),
    )
