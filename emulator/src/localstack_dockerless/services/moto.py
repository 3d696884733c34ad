"""A service that LocalStack lacks and moto has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from localstack.aws.skeleton import Skeleton
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto
from localstack.services.plugins import Service

from localstack_dockerless.services import required

Handler = Callable[[Any, Any], Any]
"""Takes LocalStack's request context and the parsed request, returns the response as boto3 shows it."""


def service(name: str, handlers: Mapping[str, Handler] | None = None, lock: Any = None) -> Service:
    """Serve every operation of a service by moto.

    Args:
        name: as botocore calls it.
        handlers: by operation, what is done instead; one may call `localstack.services.moto.call_moto` itself.
        lock: held during each operation, as moto's state is not made for threads; one of its own if not given.

    Raises:
        KeyError: a handler's operation is not in the service's model, so that nobody would ever call it.
    """
    lock = lock or threading.RLock()
    ours = handlers or {}
    model = load_service(name)

    def served(operation: str, handler: Handler) -> Handler:
        def handle(context: Any, request: Any) -> Any:
            required.check(model.operation_model(operation), request)
            with lock:
                return handler(context, request)

        return handle

    if unknown := ours.keys() - set(model.operation_names):
        raise KeyError(f"{name} has no operation {', '.join(sorted(unknown))}")
    table = {operation: served(operation, ours.get(operation, _moto)) for operation in model.operation_names}
    return Service(name=name, skeleton=Skeleton(model, table))


def _moto(context: Any, _request: Any) -> Any:
    return call_moto(context)
