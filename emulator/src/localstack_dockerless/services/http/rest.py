"""REST APIs: LocalStack's own, corrected.

Defects of LocalStack 2026.3.0 that are mended here: of a header with several values an event has the first, not the
last; some malformed responses of functions are sent on, or end in a text about Python; nothing times out; methods with
an authorizer, or for IAM, are open to everybody; an account's deployments outlive its reset.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

from localstack.services.apigateway.models import apigateway_stores
from localstack.services.apigateway.next_gen.execute_api import handlers
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    IntegrationTimeoutError,
    InternalServerError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers.integration import IntegrationHandler
from localstack.services.apigateway.next_gen.execute_api.integrations.aws import RestApiAwsProxyIntegration
from localstack.utils.patch import Patches

from localstack_dockerless.services.http import responses, rest_authorizers, rest_functions

_TIMEOUT = 29_000
"""Milliseconds. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

_patches = Patches()


def apply() -> None:
    """Correct it, once, before the first request."""
    if _patches.patches:
        return
    _patches.function(RestApiAwsProxyIntegration.create_lambda_input_event, _event)
    _patches.function(RestApiAwsProxyIntegration.parse_lambda_response, _response)
    _patches.function(IntegrationHandler.__call__, _integrate)
    rest_functions.add_to(_patches)
    _patches.apply()
    handlers.preprocess_request.append(cast("Any", rest_authorizers.authorize))


def _event(original: Any, integration: Any, context: Any) -> Any:
    event = original(integration, context)
    event["headers"] = {name: values[-1] for name, values in event["multiValueHeaders"].items()}
    return event


def _response(original: Any, integration: Any, payload: bytes) -> Any:
    try:
        response = original(integration, payload)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise _malformed() from None
    is_complete = responses.is_complete(int(response.get("statusCode") or 200))
    writable = all(responses.writable(name, str(value)) for name, value in _headers(response))
    if not is_complete or not writable or not isinstance(response.get("body"), str | None):
        raise _malformed()
    return response


def _headers(response: Any) -> Iterator[tuple[str, Any]]:
    yield from (response.get("headers") or {}).items()
    for name, values in (response.get("multiValueHeaders") or {}).items():
        yield from ((name, value) for value in values)


def _malformed() -> InternalServerError:
    return InternalServerError("Internal server error", status_code=502)


def _integrate(original: Any, handler: Any, chain: Any, context: Any, response: Any) -> None:
    milliseconds = context.integration.get("timeoutInMillis") or _TIMEOUT
    _within(int(milliseconds) / 1000, lambda: original(handler, chain, context, response))


def _within(seconds: float, step: Callable[[], None]) -> None:
    """Run it in a thread of its own, as nobody can interrupt it."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised again where the gateway makes a response of it
            failures.append(error)

    thread = threading.Thread(target=run, name="dockerless-http", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise IntegrationTimeoutError("Endpoint request timed out")
    if failures:
        raise failures[0]


def forget(account: str | None) -> None:
    """Serve no API of an account, or of anybody, any longer: LocalStack keeps deployments in one list for all."""
    for _, _, store in apigateway_stores.iter_stores():
        for api_id, deployed in list(store.internal_deployments.items()):
            if any(account in (None, deployment.account_id) for deployment in deployed.values()):
                store.internal_deployments.pop(api_id, None)
                store.active_deployments.pop(api_id, None)
