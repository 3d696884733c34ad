"""Counts the states of EC2 and of served hosts, so that what was found out about one is not used for the next."""

from __future__ import annotations

import threading
from typing import Any

READING = ("Describe", "Get", "Search")


class State:
    """A number for the present state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.number = 0

    def changed(self, *_: Any) -> None:
        """What is reachable may be different from now on."""
        with self._lock:
            self.number += 1


STATE = State()
"""The server's one."""


def watch(_chain: Any, context: Any, _response: Any) -> None:
    """A handler of the gateway, for every answer: EC2 has done something."""
    is_of_ec2 = context.service and context.service.service_name == "ec2" and context.operation
    if is_of_ec2 and not context.operation.name.startswith(READING):
        STATE.changed()
