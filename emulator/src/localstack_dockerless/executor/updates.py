"""Updating a function loses nothing.

On Lambda running invocations finish on the old code and queued events reach the new one. LocalStack cancels the events
its poller has fetched but not begun, drops those that arrive while the poller's last long poll ends (both come back a
minute after the function's timeout), and refuses an invocation that meets the old version while it shuts down.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from localstack.aws.api import ServiceException
from localstack.aws.api.lambda_ import State
from localstack.services.lambda_.invocation.assignment import AssignmentService
from localstack.services.lambda_.invocation.event_manager import LambdaEventManager, Poller, get_sqs_client
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

from localstack_dockerless.executor.environment import NotBegun, Stopped

_LONG_POLL = 2
_BATCH = 10
_HIDDEN_BEYOND_TIMEOUT = 60
_PAUSE_AFTER_ERROR = 1
_ATTEMPTS = 3


def is_superseded(version: FunctionVersion) -> bool:
    """Whether the function still exists and has moved on to another code or configuration."""
    identifier = version.id
    function = lambda_stores[identifier.account][identifier.region].functions.get(identifier.function_name)
    current = function.versions.get(identifier.qualifier) if function else None
    if current is None or current.config.state.state == State.Deleting:
        return False
    return bool(current.config.internal_revision != version.config.internal_revision)


_stopped_versions: set[str] = set()


def stop_version(original: Any, manager: LambdaVersionManager) -> None:
    """Stops a version and remembers that it is over."""
    _stopped_versions.add(manager.id)
    original(manager)


@contextlib.contextmanager
def get_environment(original: Any, service: AssignmentService, manager_id: str, *args: Any) -> Iterator[Any]:
    """Lends an environment; one that was still starting when its version was stopped is stopped afterwards.

    LocalStack learns of an environment when it has started, so whoever stops its version does not find it before.

    Raises:
        Stopped: Then the function has been deleted, and nothing is to run any more.
    """
    try:
        with original(service, manager_id, *args) as environment:
            if manager_id in _stopped_versions and not is_superseded(environment.function_version):
                raise Stopped
            yield environment
    finally:
        if manager_id in _stopped_versions:
            service.stop_environments_for_version(manager_id)


def stop_for_update(original: Any, manager: LambdaEventManager) -> None:
    """Lets the poller hand over what it has fetched."""
    poller: Any = manager.poller
    if poller:
        poller.finishes = True
    original(manager)


def stop_poller(original: Any, poller: Poller) -> None:
    """Ends a poller, whose loop finishes by itself when that was asked for."""
    if getattr(poller, "finishes", False):
        poller._shutdown_event.set()
    else:
        original(poller)


def run_poller(_original: Any, poller: Poller, *_args: Any, **_kwargs: Any) -> None:
    """Fetches events and has them handled; what was fetched is handled even if the poller was stopped meanwhile."""
    while not poller._shutdown_event.is_set():
        try:
            for message in _fetch(poller):
                poller.invoker_pool.submit(poller.handle_message, message)
        except Exception:  # noqa: BLE001 - the queue may go away at any time, and the loop must not end with it
            if not poller._shutdown_event.is_set():
                time.sleep(_PAUSE_AFTER_ERROR)
    poller.invoker_pool.shutdown(wait=False)


def _fetch(poller: Poller) -> list[dict[str, Any]]:
    version = poller.version_manager.function_version
    response = get_sqs_client(version).receive_message(
        QueueUrl=poller.event_queue_url,
        WaitTimeSeconds=_LONG_POLL,
        MaxNumberOfMessages=_BATCH,
        VisibilityTimeout=version.config.timeout + _HIDDEN_BEYOND_TIMEOUT,
    )
    return response.get("Messages") or []


def invoke_current(original: Any, service: LambdaService, *args: Any, **kwargs: Any) -> Any:
    """Invokes; an invocation that met the old version at its end is served by the new one."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return original(service, *args, **kwargs)
        except Exception as error:
            if not _met_the_end(error):
                raise
    return original(service, *args, **kwargs)


def _met_the_end(error: Exception) -> bool:
    if isinstance(error, ServiceException):
        return "shutting down" in str(error)
    return isinstance(error, NotBegun) or isinstance(error.__cause__, NotBegun)
