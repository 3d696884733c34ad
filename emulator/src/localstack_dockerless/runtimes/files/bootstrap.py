"""Starts AWS's runtime interface client in an execution environment, as /var/runtime/bootstrap.py does on Lambda.

It runs under the function's own interpreter and imports as little as it can: all of it is part of every cold start.
"""

import os
import sys


def _search_path() -> list:
    """Put the function first, then the layers, then the runtime, then the standard library."""
    opt = os.environ.pop("DOCKERLESS_OPT", "/opt")
    runtime = os.environ["LAMBDA_RUNTIME_DIR"]
    version = "python{}.{}".format(*sys.version_info)
    first = [os.environ["LAMBDA_TASK_ROOT"], f"{opt}/python/lib/{version}/site-packages", f"{opt}/python", runtime]
    return first + [path for path in sys.path if path not in first]


def _interactive_names() -> None:
    """Give handlers ``exit`` and ``quit``, which the interpreter lacks when it starts without scanning for packages."""
    import site

    site.setquit()


def _forget_locale() -> None:
    """Take back what the interpreter put into the environment because this machine has no en_US.UTF-8."""
    if os.environ.get("LC_CTYPE") == "C.UTF-8":
        del os.environ["LC_CTYPE"]


def main() -> None:
    """Run the client until the environment ends."""
    sys.path[:] = _search_path()
    _forget_locale()
    _interactive_names()
    from awslambdaric.__main__ import main as run

    run(["bootstrap", os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
