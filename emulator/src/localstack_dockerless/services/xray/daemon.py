"""The X-Ray daemon of each execution environment: what its code sends becomes segments of the function's account.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
"""

from __future__ import annotations

import json
import socket
from typing import Any

from localstack_dockerless.services.datagrams import Datagrams
from localstack_dockerless.services.xray.segments import SEGMENTS, sent_by

SIZE = 64 * 1024


def _take(listener: socket.socket, version: Any) -> None:
    """All that has arrived for a version of a function; what follows the first line is the segment."""
    while True:
        try:
            header, _, document = listener.recv(SIZE).partition(b"\n")
        except OSError:
            return
        if _is_header(header):
            SEGMENTS.add(sent_by(version, document.decode(errors="replace")))


def _is_header(line: bytes) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("format") == "json"


DAEMON = Datagrams("dockerless-xray", _take)
"""The server's one."""
