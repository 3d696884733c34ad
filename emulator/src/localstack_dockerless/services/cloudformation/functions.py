"""What LocalStack does not do of Lambda's resources: their updates, which it accepts, and the weights of an alias.

A setting of a function that is no longer there has its default again; LocalStack leaves it.

Properties: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.lambda_.resource_providers.aws_lambda_eventinvokeconfig import LambdaEventInvokeConfigProvider
from localstack.services.lambda_.resource_providers.aws_lambda_eventsourcemapping import (
    LambdaEventSourceMappingProvider,
)
from localstack.services.lambda_.resource_providers.aws_lambda_function import LambdaFunctionProvider
from localstack.services.lambda_.resource_providers.aws_lambda_permission import LambdaPermissionProvider
from localstack.services.lambda_.resource_providers.aws_lambda_url import LambdaUrlProvider
from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider
from localstack.utils.patch import Patches

Model = dict[str, Any]
_DEFAULTS: Final[Model] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "DeadLetterConfig": {"TargetArn": ""},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}


def apply(patches: Patches) -> None:
    """Add the corrections to those of the service."""
    patches.function(LambdaAliasProvider.create, _create_alias)
    patches.function(LambdaAliasProvider.update, _update(_alias))
    patches.function(LambdaFunctionProvider.update, _function)
    patches.function(LambdaUrlProvider.update, _update(_url))
    patches.function(LambdaPermissionProvider.create, _create_permission)
    patches.function(LambdaEventInvokeConfigProvider.update, _update(_retries))
    patches.function(LambdaEventSourceMappingProvider.delete, _delete_mapping)


def _update(change: Callable[[Any, Model], None]) -> Callable[..., ProgressEvent[Model]]:
    def update(_original: Any, _provider: Any, request: Any) -> ProgressEvent[Model]:
        model = {**_read_only(request), **request.desired_state}
        change(request.aws_client_factory.lambda_, model)
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)

    return update


def _read_only(request: Any) -> Model:
    """What Ref and GetAtt give, which an update keeps."""
    kept = ("Id", "AliasArn", "FunctionArn", "FunctionUrl")
    return {name: value for name, value in (request.previous_state or {}).items() if name in kept}


def _function(original: Any, provider: Any, request: Any) -> ProgressEvent[Model]:
    gone = (request.previous_state or {}).keys() & _DEFAULTS.keys() - request.desired_state.keys()
    request.desired_state |= {name: copy.deepcopy(_DEFAULTS[name]) for name in gone}
    event: ProgressEvent[Model] = original(provider, request)
    return event


def _create_alias(original: Any, provider: Any, request: Any) -> ProgressEvent[Model]:
    """With its weights, which LocalStack hands to Lambda in the template's form."""
    model = request.desired_state
    routing = model.pop("RoutingConfig", None)
    event: ProgressEvent[Model] = original(provider, request)
    if routing:
        model["RoutingConfig"] = routing
        _route(request.aws_client_factory.lambda_, model)
    return event


def _create_permission(original: Any, provider: Any, request: Any) -> ProgressEvent[Model]:
    """With all its conditions; LocalStack keeps the ARN of the source, and drops those that would limit it further."""
    factory, model = request.aws_client_factory, request.desired_state
    given = {name: model[name] for name in _CONDITIONS if model.get(name) is not None}
    if "InvokedViaFunctionUrl" in given:
        given["InvokedViaFunctionUrl"] = str(given["InvokedViaFunctionUrl"]).lower() == "true"
    add = partial(factory.lambda_.add_permission, **given)
    factory = SimpleNamespace(lambda_=SimpleNamespace(add_permission=add))
    event: ProgressEvent[Model] = original(provider, dataclasses.replace(request, aws_client_factory=factory))
    return event


_CONDITIONS = ("SourceAccount", "EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType", "InvokedViaFunctionUrl")


def _delete_mapping(original: Any, provider: Any, request: Any) -> ProgressEvent[Model]:
    """Not deleted until it is gone: while it is on its way, Lambda refuses another one of the same two."""
    client, model, context = request.aws_client_factory.lambda_, request.desired_state, request.custom_context
    if not context.get("asked"):
        original(provider, request)
    there = client.list_event_source_mappings()["EventSourceMappings"]
    if model["Id"] not in {mapping["UUID"] for mapping in there}:
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)
    again = {**context, "asked": True}
    return ProgressEvent(status=OperationStatus.IN_PROGRESS, resource_model=model, custom_context=again)


def _alias(client: Any, model: Model) -> None:
    """A property that is left out has its default again: no weights, no description, no provisioned concurrency."""
    _route(client, model)
    qualified = {"FunctionName": model["FunctionName"], "Qualifier": model["Name"]}
    if wanted := model.get("ProvisionedConcurrencyConfig"):
        count = int(wanted["ProvisionedConcurrentExecutions"])
        client.put_provisioned_concurrency_config(**qualified, ProvisionedConcurrentExecutions=count)
    else:
        client.delete_provisioned_concurrency_config(**qualified)


def _route(client: Any, model: Model) -> None:
    """The version, the weights and the description."""
    given = (model.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or ()
    weights = {one["FunctionVersion"]: float(one["FunctionWeight"]) for one in given}
    of = {name: model[name] for name in ("FunctionName", "Name", "FunctionVersion")}
    routing = {"AdditionalVersionWeights": weights}
    client.update_alias(**of, Description=model.get("Description", ""), RoutingConfig=routing)


def _url(client: Any, model: Model) -> None:
    of = {"FunctionName": model["TargetFunctionArn"]}
    if "Qualifier" in model:
        of["Qualifier"] = model["Qualifier"]
    client.update_function_url_config(
        **of, AuthType=model["AuthType"], Cors=model.get("Cors", {}), InvokeMode=model.get("InvokeMode", "BUFFERED")
    )


def _retries(client: Any, model: Model) -> None:
    names = ("FunctionName", "Qualifier", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")
    client.put_function_event_invoke_config(**{name: model[name] for name in names if name in model})
