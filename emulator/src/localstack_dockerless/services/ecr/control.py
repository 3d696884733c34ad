"""ECR's API: what moto 5.1.54 lacks (layers) or does differently (images, tokens).

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import base64
import io
import os
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from localstack.services.moto import call_moto
from localstack.utils.patch import patch
from moto.ecr.models import Image

from localstack_dockerless.services.ecr import blobs, manifests, tokens
from localstack_dockerless.services.ecr.blobs import Place
from localstack_dockerless.services.ecr.manifests import refusal

PART = 10 * blobs.MIB
LARGEST_PART = 20 * blobs.MIB
SMALLEST_PART = 5 * blobs.MIB
"""Of every part but the last."""

Request = Mapping[str, Any]


def apply() -> None:
    """Correct moto's images; once in a server's life."""
    patch(Image.get_image_size_in_bytes)(lambda _original, image: manifests.size(image))


def endpoint() -> str:
    """Where the registry is."""
    return f"http://127.0.0.1:{os.environ['DOCKERLESS_PORT']}"


def _place(context: Any, request: Request) -> Place:
    """The repository of a request; it exists."""
    place = Place(request.get("registryId") or context.account_id, context.region, request["repositoryName"])
    manifests.repository(place)
    return place


def _names(place: Place) -> dict[str, str]:
    return {"registryId": place.account, "repositoryName": place.repository}


def _get_authorization_token(context: Any, request: Request) -> Any:
    accounts = request.get("registryIds") or [context.account_id]
    expires = time.time() + tokens.HOURS * 3600
    given = []
    for account in accounts:
        password = tokens.issue(account, context.region, expires)
        token = base64.b64encode(f"{tokens.USER}:{password}".encode()).decode()
        given.append({"authorizationToken": token, "expiresAt": expires, "proxyEndpoint": endpoint()})
    return {"authorizationData": given}


def _initiate_layer_upload(context: Any, request: Request) -> Any:
    return {"uploadId": blobs.begin(_place(context, request)).identifier, "partSize": PART}


def _upload_layer_part(context: Any, request: Request) -> Any:
    place = _place(context, request)
    upload = blobs.upload_of(place, request["uploadId"])
    content = request["layerPartBlob"]
    first, last = request["partFirstByte"], request["partLastByte"]
    if first != upload.size or last - first + 1 != len(content) or len(content) > LARGEST_PART:
        raise refusal(
            "InvalidLayerPartException",
            "The layer part size is not valid, or the first byte specified is not consecutive to the last byte of a "
            "previous layer part upload.",
        )
    upload.add(io.BytesIO(content))
    upload.parts.append(len(content))
    return {**_names(place), "uploadId": upload.identifier, "lastByteReceived": upload.size - 1}


def _complete_layer_upload(context: Any, request: Request) -> Any:
    place = _place(context, request)
    upload = blobs.upload_of(place, request["uploadId"])
    if not upload.size:
        raise refusal("EmptyUploadException", "The specified layer upload does not contain any layer parts.")
    if any(size < SMALLEST_PART for size in upload.parts[:-1]):
        raise refusal("LayerPartTooSmallException", "Layer parts must be at least 5 MiB in size.")
    digest = next(iter(request["layerDigests"]), "")
    if blobs.find(place, digest):
        blobs.cancel(upload)
        raise refusal(
            "LayerAlreadyExistsException",
            f"The layer with digest '{digest}' already exists in the repository with name '{place.repository}' in the "
            f"registry with id '{place.account}'",
        )
    blobs.finish(upload, digest)
    return {**_names(place), "uploadId": upload.identifier, "layerDigest": digest}


def _batch_check_layer_availability(context: Any, request: Request) -> Any:
    place = _place(context, request)
    layers, failures = [], []
    for digest in request["layerDigests"]:
        if not blobs.DIGEST.fullmatch(digest):
            failures.append(_failure("layerDigest", digest, "InvalidLayerDigest", "Invalid layer digest"))
            continue
        file = blobs.find(place, digest)
        known = (
            {"layerAvailability": "AVAILABLE", "layerSize": file.stat().st_size}
            if file
            else {"layerAvailability": "UNAVAILABLE"}
        )
        layers.append({"layerDigest": digest, **known})
    return {"layers": layers, "failures": failures}


def _failure(member: str, value: Any, code: str, reason: str) -> dict[str, Any]:
    return {member: value, "failureCode": code, "failureReason": reason}


def _get_download_url_for_layer(context: Any, request: Request) -> Any:
    place, digest = _place(context, request), request["layerDigest"]
    if not blobs.find(place, digest):
        raise refusal(
            "LayersNotFoundException",
            f"The layer with digest '{digest}' does not exist in the repository with name '{place.repository}' in the "
            f"registry with id '{place.account}'",
        )
    token = tokens.issue(place.account, place.region)
    url = f"{endpoint()}/v2/{place.repository}/blobs/{digest}?token={quote(token)}"
    return {"downloadUrl": url, "layerDigest": digest}


def _put_image(context: Any, request: Request) -> Any:
    place = _place(context, request)
    manifest = request["imageManifest"].encode()
    tag = request.get("imageTag")
    image = manifests.put(place, manifest, request.get("imageManifestMediaType"), tag, request.get("imageDigest"))
    return {"image": _image(place, image, tag)}


def _image(place: Place, image: Image, tag: str | None) -> dict[str, Any]:
    return {
        **_names(place),
        "imageId": _identifier(image, tag),
        "imageManifest": image.image_manifest,
        "imageManifestMediaType": image.image_manifest_media_type,
    }


def _identifier(image: Image, tag: str | None) -> dict[str, str]:
    return {"imageDigest": image.get_image_digest()} | ({"imageTag": tag} if tag else {})


def _batch_get_image(context: Any, request: Request) -> Any:
    place = _place(context, request)
    images, failures = [], []
    for wanted in request["imageIds"]:
        tag, digest = wanted.get("imageTag"), wanted.get("imageDigest")
        found = manifests.find(place, tag, digest) if tag or digest else None
        if found:
            images.append(_image(place, found, tag))
        elif tag or digest:
            failures.append(_failure("imageId", wanted, "ImageNotFound", "Requested image not found"))
        else:
            words = "Invalid request parameters: both tag and digest cannot be null"
            failures.append(_failure("imageId", wanted, "MissingDigestAndTag", words))
    return {"images": images, "failures": failures}


def _list_images(context: Any, request: Request) -> Any:
    place = _place(context, request)
    wanted = (request.get("filter") or {}).get("tagStatus", "ANY")
    found = [(image, tag) for image in manifests.repository(place).images for tag in image.image_tags or [""]]
    return {"imageIds": [_identifier(image, tag) for image, tag in found if _has_status(tag, wanted)]}


def _describe_images(context: Any, request: Request) -> Any:
    place, answer = _place(context, request), call_moto(context)
    wanted = (request.get("filter") or {}).get("tagStatus", "ANY")
    details = [detail for detail in answer["imageDetails"] if _has_status(detail.get("imageTags"), wanted)]
    return answer | {"imageDetails": [_names(place) | detail for detail in details]}


def _has_status(tag: object, wanted: str) -> bool:
    return wanted == "ANY" or bool(tag) == (wanted == "TAGGED")


def _delete_repository(context: Any, request: Request) -> Any:
    place, answer = _place(context, request), call_moto(context)
    blobs.forget(*place)
    return answer


HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "BatchCheckLayerAvailability": _batch_check_layer_availability,
    "BatchGetImage": _batch_get_image,
    "CompleteLayerUpload": _complete_layer_upload,
    "DeleteRepository": _delete_repository,
    "DescribeImages": _describe_images,
    "GetAuthorizationToken": _get_authorization_token,
    "GetDownloadUrlForLayer": _get_download_url_for_layer,
    "InitiateLayerUpload": _initiate_layer_upload,
    "ListImages": _list_images,
    "PutImage": _put_image,
    "UploadLayerPart": _upload_layer_part,
}
