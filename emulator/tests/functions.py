"""Small functions for the server's tests, and a way to wait for what happens soon."""

from __future__ import annotations

import io
import itertools
import time
import zipfile
from collections.abc import Callable
from typing import Any

from roles import role_of

NAMES = (f"server-test-{number}" for number in itertools.count(1))


def eventually(check: Callable[[], Any], seconds: float = 15) -> Any:
    """The first true value of a check."""
    deadline = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return value


def deploy(client: Any, source: str, **configuration: Any) -> str:
    """Create a function and wait until it is active; its name."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", source)
    name = next(NAMES)
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role_of(client),
        Handler="app.handler",
        Code={"ZipFile": package.getvalue()},
        **{"MemorySize": 1769, **configuration},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})
    return name


ECHO = "def handler(event, context):\n    print(event)\n    return event\n"
