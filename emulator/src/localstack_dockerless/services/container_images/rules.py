"""What AWS demands of a function from an image when it is created or updated, in AWS's words.

https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException, PackageType
from localstack.services.lambda_ import api_utils, provider
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.utils.patch import Patch, patch

from localstack_dockerless.images import oci
from localstack_dockerless.services.container_images.image import Image
from localstack_dockerless.services.ecr.blobs import Place

URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[a-z0-9._/-]+)"
    r"(?::(?P<tag>[\w.-]{1,128})|@(?P<digest>sha256:[a-f0-9]{64}))"
)
_asked: ContextVar[tuple[str, str]] = ContextVar("account and region of the function that is created or updated")


def apply() -> None:
    """Put the checks in place."""
    Patch(provider, "create_image_code", _create_image_code).apply()
    patch(LambdaProvider.create_function)(_create_function)
    patch(LambdaProvider.update_function_code)(_update_code)
    patch(LambdaProvider.update_function_configuration)(_update_configuration)


def refusal(message: str) -> InvalidParameterValueException:
    """An error that is the caller's."""
    return InvalidParameterValueException(message, Type="User")


def _check_config(request: Any) -> None:
    """Refuse null characters, which no command line and no path can have."""
    config = request.get("ImageConfig") or {}
    words = [*(config.get("EntryPoint") or ()), *(config.get("Command") or ()), config.get("WorkingDirectory") or ""]
    if any("\0" in word for word in words):
        raise refusal("ImageConfig must not contain null characters.")


def _create_function(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    _check_config(request)
    code = request.get("Code") or {}
    if request.get("PackageType") == PackageType.Image:
        if not code.get("ImageUri"):
            raise refusal("Please provide ImageUri when creating a function with packageType Image.")
    elif code.get("ImageUri"):
        raise refusal("Please don't provide ImageUri when creating a function with packageType Zip.")
    elif request.get("ImageConfig"):
        raise refusal("Please don't provide ImageConfig when creating a function with packageType Zip.")
    return _for(context.account_id, context.region, original, lambda_, context, request)


def _update_code(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    return _for(account, region, original, lambda_, context, request)


def _update_configuration(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    _check_config(request)
    account, region = api_utils.get_account_and_region(request["FunctionName"], context)
    name, _ = api_utils.get_name_and_qualifier(request["FunctionName"], None, context)
    function = lambda_stores[account][region].functions.get(name)
    is_image = function is not None and function.latest().config.package_type == PackageType.Image
    if is_image and request.get("Layers"):
        raise refusal("Lambda layers are not supported for functions created with container images.")
    if is_image and (request.get("Handler") or request.get("Runtime")):
        raise refusal(
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        )
    if function and not is_image and request.get("ImageConfig"):
        raise refusal("Please don't provide ImageConfig when updating a function with packageType Zip.")
    return original(lambda_, context, request)


def _for(account: str, region: str, step: Any, *arguments: Any) -> Any:
    token = _asked.set((account, region))
    try:
        return step(*arguments)
    finally:
        _asked.reset(token)


def _create_image_code(image_uri: str) -> Image:
    """Find the image that is meant; LocalStack asks Docker for it.

    Raises:
        InvalidParameterValueException: it is none of ECR's, in another region, not there, or of a kind that does not run.
    """
    account, region = _asked.get()
    uri = URI.fullmatch(image_uri)
    if not uri or uri["region"] != region:
        raise refusal(f"Source image {image_uri} is not valid. Provide a valid source image.")
    if uri["account"] != account:
        raise refusal("Lambda does not have permission to access the ECR image. Check the ECR permissions.")
    place = Place(uri["account"], region, uri["name"])
    found = _found(place, uri["tag"], uri["digest"])
    if not found:
        raise refusal(f"Source image {image_uri} does not exist. Provide a valid source image.")
    if not _is_supported(found):
        raise refusal(
            f"The image manifest, config or layer media type for the source image {image_uri} is not supported."
        )
    digest = found.get_image_digest().removeprefix("sha256:")
    return Image(image_uri, "ECR", digest, account, place)


def _found(place: Place, tag: str | None, digest: str | None) -> Any:
    SERVICE_PLUGINS.require("ecr")
    from localstack_dockerless.services.ecr import manifests

    with manifests.LOCK:
        return manifests.find_if_any(place, tag, digest)


def _is_supported(image: Any) -> bool:
    """A single image with layers of files: no list of images, and no other artifact."""
    manifest = json.loads(image.image_manifest)
    config, layers = manifest.get("config"), manifest.get("layers")
    if (
        image.image_manifest_media_type not in oci.MANIFESTS
        or not isinstance(config, dict)
        or not isinstance(layers, list)
    ):
        return False
    types = [layer.get("mediaType") if isinstance(layer, dict) else None for layer in layers]
    return config.get("mediaType") in oci.CONFIGS and bool(types) and all(each in oci.LAYERS for each in types)
