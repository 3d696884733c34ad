"""Which invocations are asynchronous: LocalStack makes their attempts as calls of its own, which do not say so."""

from typing import Final

MOST: Final = 10_000  # as many are remembered

_noted: dict[str, None] = {}


def note(request_id: str) -> None:
    """Remember an asynchronous invocation; all attempts at it have its id."""
    _noted[request_id] = None
    if len(_noted) > MOST:
        _noted.pop(next(iter(_noted)), None)


def status(request_id: str) -> int:
    """Return with which status Lambda answered the caller of an invocation."""
    return 202 if request_id in _noted else 200
