"""The server process: LocalStack's own entry point, with our plugins chosen by the environment."""

from __future__ import annotations

import atexit
import contextlib
import os
import resource
import sys
from types import ModuleType
from typing import Any


def main() -> None:
    """Run LocalStack until SIGTERM, and leave at once.

    Everything that matters has been stopped by then. Waiting for idle threads and taking the interpreter apart would
    take another second.
    """
    _spare_openapi()
    _raise_descriptors()
    from localstack.runtime.main import main as run

    try:
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _spare_openapi() -> None:
    """Keep out the validation of LocalStack's own addresses.

    It is switched off, yet it brings a library that takes a sixth of the start.
    """
    module: Any = ModuleType("localstack.aws.handlers.validation")
    module.OpenAPIRequestValidator = module.OpenAPIResponseValidator = lambda: _nothing
    sys.modules[module.__name__] = module


def _raise_descriptors() -> None:
    """Each connection and each environment needs some; functions get the limit of Lambda."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _nothing(_chain: Any, _context: Any, _response: Any) -> None:
    """A handler that has nothing to do."""


if __name__ == "__main__":
    main()
