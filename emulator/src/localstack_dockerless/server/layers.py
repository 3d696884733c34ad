"""Layers whose last version is gone, and versions that were refused.

LocalStack 2026.3.0 keeps the name of a layer without versions, which it needs for the next number, and then answers every
ListLayers of the account with an InternalError; a refused first version has the same effect. Filters it overlooks.
Rules: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api.lambda_ import LayersListItem, ListLayersResponse
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.lambda_models import Layer
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider, ValidationException
from localstack.utils.collections import PaginatedList
from localstack.utils.patch import patch


def apply() -> None:
    """Put it in place; once in a server's life."""
    patch(LambdaProvider.publish_layer_version)(_publish)
    patch(LambdaProvider.list_layers)(_list)


def _publish(original: Any, lambda_: LambdaProvider, context: Any, layer_name: str, *args: Any, **named: Any) -> Any:
    """A version that is refused has had no number."""
    layers = lambda_stores[context.account_id][context.region].layers
    number = layers[layer_name].next_version if layer_name in layers else None
    try:
        return original(lambda_, context, layer_name, *args, **named)
    except Exception:
        layer = layers.get(layer_name)
        if layer and number is None and not layer.layer_versions:
            del layers[layer_name]
        elif layer and number is not None and layer.next_version == number + 1:
            layer.next_version = number
        raise


def _list(
    _original: Any,
    _lambda: LambdaProvider,
    context: Any,
    compatible_runtime: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
    compatible_architecture: str | None = None,
    **_named: Any,
) -> ListLayersResponse:
    """Each layer with the latest version that matches."""
    utils: Any = api_utils
    errors = (
        utils.validate_layer_architecture(compatible_architecture),
        utils.validate_layer_runtime(compatible_runtime),
    )
    if message := api_utils.construct_validation_exception_message([error for error in errors if error]):
        raise ValidationException(message)
    found = [
        LayersListItem(LayerName=name, LayerArn=layer.arn, LatestMatchingVersion=api_utils.map_layer_out(version))
        for name, layer in sorted(lambda_stores[context.account_id][context.region].layers.items())
        if (version := _latest(layer, compatible_runtime, compatible_architecture))
    ]
    pages: Any = PaginatedList(found)
    page, token = pages.get_page(lambda item: item["LayerName"], marker, max_items)
    return ListLayersResponse(NextMarker=token, Layers=page)


def _latest(layer: Layer, runtime: str | None, architecture: str | None) -> Any:
    matching = [
        version
        for version in list(layer.layer_versions.values())
        if runtime in (None, *(version.compatible_runtimes or ()))
        and architecture in (None, *(version.compatible_architectures or ()))
    ]
    return max(matching, key=lambda version: version.version, default=None)
