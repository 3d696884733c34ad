"""Responses that reach the caller while the function still writes them.

Whoever invokes a function serves its Runtime API in the same thread (see `runtime_api`), so it has no hands free to
pass on what arrives. A stream does that in two threads: one invokes and writes, the other reads.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from queue import SimpleQueue
from typing import Any

MAX_STREAM = 200 * 1024 * 1024
"""Bytes of a streamed response. https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html"""

_current: ContextVar[Stream | None] = ContextVar("dockerless_stream", default=None)


class Stream:
    """The response of one invocation.

    Args:
        invoke: Invokes the function and returns LocalStack's InvocationResult.

    Attributes:
        version: The version of the function that is at work, once it is.
        begun: Whether the runtime streams its response; otherwise all of it is in the result.
        content_type: What the runtime says it is.
        result: What `invoke` returned, after the end.
    """

    def __init__(self, invoke: Callable[[], Any]) -> None:
        self.version = self.content_type = ""
        self.begun = False
        self.result: Any = None
        self._error: Exception | None = None
        self._parts: SimpleQueue[bytes | None] = SimpleQueue()
        self._settled, self._abandoned = threading.Event(), threading.Event()
        threading.Thread(target=self._run, args=(invoke,), name="dockerless-stream", daemon=True).start()

    # The reader's side

    def wait(self) -> None:
        """Wait until the response has begun, or there is a result instead.

        Raises:
            Exception: What the invocation ended in.
        """
        self._settled.wait()
        if self._error and not self.begun:
            raise self._error

    def __iter__(self) -> Iterator[bytes]:
        """What the function writes, as it does; afterwards there is a result.

        Raises:
            Exception: What the invocation ended in.
        """
        while (part := self._parts.get()) is not None:
            yield part
        if self._error:
            raise self._error

    def close(self) -> None:
        """The caller has gone: the function goes on, and what it writes is dropped."""
        self._abandoned.set()

    # The writer's side

    def begin(self, content_type: str) -> None:
        """The runtime has begun to stream."""
        self.begun, self.content_type = True, content_type
        self._settled.set()

    def write(self, data: bytes) -> None:
        """Pass on a part; a slow reader does not hold up the function."""
        if not self._abandoned.is_set():
            self._parts.put(data)

    def _run(self, invoke: Callable[[], Any]) -> None:
        _current.set(self)
        try:
            self.result = invoke()
        except Exception as error:  # noqa: BLE001 - raised again where somebody waits
            self._error = error
        finally:
            self._parts.put(None)
            self._settled.set()


def current() -> Stream | None:
    """The stream that this thread's invocation writes to, if its caller wants one."""
    return _current.get()
