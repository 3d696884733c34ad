"""Why a resource could not be made, changed or deleted, in the words of AWS's resource handlers.

LocalStack 2026.3.0 gives the words of boto3, or "Failed to delete resource" for an update; takes an update that something
is missing for as a success; and forgets a resource that failed after it was made.
Codes: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProviderExecutor,
    convert_payload,
)
from localstack.utils.patch import Patches

_CODES: Final = {
    "AlreadyExists": "AlreadyExists",
    "AlreadyOwned": "AlreadyExists",
    "QueueNameExists": "AlreadyExists",
    "ResourceConflict": "AlreadyExists",
    "NotFound": "NotFound",
    "NoSuch": "NotFound",
    "NonExistent": "NotFound",
    "AccessDenied": "AccessDenied",
    "Unauthorized": "AccessDenied",
    "LimitExceeded": "ServiceLimitExceeded",
    "TooManyRequests": "Throttling",
    "Throttl": "Throttling",
}
"""Handler error codes by a part of the service's."""
_SERVER_ERROR: Final = 500


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    patches.function(ResourceProviderExecutor.execute_action, _execute)
    patches.function(ResourceProviderExecutor.deploy_loop, _deploy)


def _execute(original: Any, executor: Any, provider: Any, payload: Any) -> Any:
    """An update fails with the service's error, whichever that is."""
    if payload["action"] == "Modify":
        request: Any = convert_payload(stack_name=executor.stack_name, stack_id=executor.stack_id, payload=payload)
        try:
            return provider.update(request)
        except NotImplementedError:
            pass  # LocalStack says so, and goes on
    return original(executor, provider, payload)


def _deploy(original: Any, executor: Any, provider: Any, resource: Any, payload: Any, *rest: Any, **more: Any) -> Any:
    """A failure says why, and keeps what is known of a resource that was made."""
    event: Any
    try:
        event = original(executor, provider, resource, payload, *rest, **more)
    except Exception as error:  # noqa: BLE001 - LocalStack takes anything for the reason, too
        event = ProgressEvent(OperationStatus.FAILED, {}, custom_context={"exception": error})
    if event.status == OperationStatus.FAILED:
        event.custom_context = event.custom_context or {}
        if reason := event.custom_context.get("exception"):
            event.message = of(reason, payload)
        event.resource_model = _made(provider, resource.get("Properties") or event.resource_model or {})
    return event


def _made(provider: Any, model: dict[str, Any]) -> dict[str, Any]:
    """Nothing, unless it has what only the service gives: what failed may have the name of another's resource."""
    given = {path.split("/")[2] for path in provider.SCHEMA.get("readOnlyProperties", [])}
    return model if given & model.keys() else {}


def of(error: Exception, payload: Any) -> str:
    """Why a resource failed.

    Args:
        error: of the service, or of its provider.
        payload: the request to the provider.
    """
    token = payload["bearerToken"]
    if not isinstance(error, ClientError):
        return f'Resource handler returned message: "{error}" (RequestToken: {token}, HandlerErrorCode: InvalidRequest)'
    said, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    status, request = metadata.get("HTTPStatusCode", 400), metadata.get("RequestId", "")
    service = payload["resourceType"].split("::")[1]
    service = service.capitalize() if service.isalpha() and service.isupper() else service
    message = f"{said.get('Message', '')} (Service: {service}, Status Code: {status}, Request ID: {request})"
    code = _code(said.get("Code", ""), status)
    return f'Resource handler returned message: "{message}" (RequestToken: {token}, HandlerErrorCode: {code})'


def _code(code: str, status: int) -> str:
    general = "ServiceInternalError" if status >= _SERVER_ERROR else "InvalidRequest"
    return next((handler for part, handler in _CODES.items() if part in code), general)
