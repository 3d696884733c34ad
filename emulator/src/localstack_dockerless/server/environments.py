"""Ending execution environments that nobody has used for a while, with one thread for all of them.

LocalStack starts a timer thread after every invocation and cancels it at the next.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from localstack import config
from localstack.services.lambda_.invocation.execution_environment import (
    ExecutionEnvironment,
    InvalidStatusException,
    RuntimeStatus,
)
from localstack.services.lambda_.invocation.lambda_models import InitializationType

LOG = logging.getLogger(__name__)
CHECKS_PER_LIFE = 20


class Keeper:
    """Knows the idle environments and ends those whose time has passed."""

    def __init__(self, life: float) -> None:
        self._life = life
        self._idle: dict[ExecutionEnvironment, float] = {}
        self._lock = threading.Lock()
        self._some = threading.Event()
        threading.Thread(target=self._run, name="dockerless-keeper", daemon=True).start()

    def rest(self, environment: ExecutionEnvironment) -> None:
        """The environment is idle from now on."""
        with self._lock:
            self._idle[environment] = time.monotonic()
        if not self._some.is_set():
            self._some.set()

    def _run(self) -> None:
        while True:
            self._some.wait()
            time.sleep(self._life / CHECKS_PER_LIFE)
            for environment in self._expired():
                _end(environment)

    def _expired(self) -> list[ExecutionEnvironment]:
        before = time.monotonic() - self._life
        with self._lock:
            known = self._idle.items()
            expired = [environment for environment, since in known if since < before]
            gone = [environment for environment, _ in known if environment.status is RuntimeStatus.STOPPED]
            for environment in {*expired, *gone}:
                del self._idle[environment]
            if not self._idle:
                self._some.clear()
        return expired


def _end(environment: ExecutionEnvironment) -> None:
    try:
        environment.keepalive_passed()
    except Exception:
        LOG.exception("could not end the idle environment %s", environment.id)


_keeper: Keeper | None = None


def release(environment: ExecutionEnvironment) -> None:
    """Replaces `ExecutionEnvironment.release`: ready for the next invocation."""
    global _keeper  # noqa: PLW0603 - one for the process, made when the first environment rests
    environment.last_returned = datetime.now()
    with environment.status_lock:
        if environment.status is not RuntimeStatus.INVOKING:
            raise InvalidStatusException(
                f"Execution environment {environment.id} can only be released while running, not {environment.status}."
            )
        environment.status = RuntimeStatus.READY
    if environment.initialization_type == InitializationType.on_demand:
        _keeper = _keeper or Keeper(config.LAMBDA_KEEPALIVE_MS / 1000)
        _keeper.rest(environment)
