"""The images of a repository: moto's, where moto 5.1.54 gives them digests and sizes of its own invention.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
"""

from __future__ import annotations

import json
import re
import threading
from typing import Any

from localstack.aws.api import CommonServiceException
from moto.ecr.exceptions import ImageAlreadyExistsException
from moto.ecr.models import Image, Repository, ecr_backends

from localstack_dockerless.images import oci
from localstack_dockerless.services.ecr import blobs
from localstack_dockerless.services.ecr.blobs import Place

TAG = re.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
LARGEST = 4_194_304
"""Characters of a manifest."""
LOCK = threading.RLock()
"""Held while moto's state is used, which is not made for threads."""


def refusal(code: str, message: str) -> CommonServiceException:
    """An error that is the caller's."""
    return CommonServiceException(code, message, sender_fault=True)


class AlreadyThere(CommonServiceException):
    """An image is there already, with this tag."""


def repository(place: Place) -> Repository:
    """Return moto's repository.

    Raises:
        CommonServiceException: there is none.
    """
    found = _repositories(place).get(place.repository)
    if found is None:
        raise refusal(
            "RepositoryNotFoundException",
            f"The repository with name '{place.repository}' does not exist in the registry with id '{place.account}'",
        )
    return found


def exists(place: Place) -> bool:
    """Return whether there is such a repository."""
    return place.repository in _repositories(place)


def _repositories(place: Place) -> dict[str, Repository]:
    try:
        found: dict[str, Repository] = ecr_backends[place.account][place.region].repositories
    except KeyError:  # no region
        return {}
    return found


def find(place: Place, tag: str | None = None, digest: str | None = None) -> Image | None:
    """Return the image with a tag, with a digest, or with both; None if there is none.

    Raises:
        CommonServiceException: there is not even the repository.
    """
    for image in repository(place).images:
        if tag in (None, *image.image_tags) and digest in (None, image.get_image_digest()):
            return image
    return None


def find_if_any(place: Place, tag: str | None = None, digest: str | None = None) -> Image | None:
    """Return the same, also None where there is no repository."""
    return find(place, tag, digest) if exists(place) else None


def put(place: Place, manifest: bytes, media_type: str | None, tag: str | None, digest: str | None) -> Image:
    """Keep an image, and have its tag mean this one from now on.

    An image that loses its tag stays; moto forgets it.

    Raises:
        CommonServiceException: the manifest is none, what it is made of is not there, or the tag may not be moved.
        AlreadyThere: see there.
    """
    parsed = _parsed(manifest)
    actual = oci.digest(manifest)
    if digest not in (None, actual):
        raise refusal(
            "ImageDigestDoesNotMatchException",
            f"Image digest '{digest}' does not match the manifest's digest '{actual}'",
        )
    if tag is not None and not TAG.fullmatch(tag):
        raise _invalid("imageTag", f"must satisfy regular expression '{TAG.pattern}'")
    media_type = media_type or parsed.get("mediaType")
    if not isinstance(media_type, str):
        raise _invalid("imageManifest", "the manifest has no mediaType, and none was given")
    _check_kind(parsed, media_type)
    _check_parts(place, parsed)
    _check_tag(place, tag, actual)
    image = find(place, digest=actual)
    if image is None:
        image = Image(place.account, None, manifest.decode(), place.repository, media_type, actual)  # type: ignore[arg-type]
        repository(place).images.append(image)
    elif tag is None or tag in image.image_tags:
        raise AlreadyThere(
            "ImageAlreadyExistsException",
            f"Image with digest '{actual}' and tag '{tag or 'null'}' already exists in the repository with name "
            f"'{place.repository}' in registry with id '{place.account}'",
            sender_fault=True,
        )
    if tag is not None:
        for other in repository(place).images:
            other.remove_tag(tag)
        image.update_tag(tag)
    return image


def _invalid(member: str, words: str) -> CommonServiceException:
    return refusal(
        "InvalidParameterException", f"Invalid parameter at '{member}' failed to satisfy constraint: '{words}'"
    )


def _parsed(manifest: bytes) -> dict[str, Any]:
    if len(manifest) > LARGEST:
        raise _invalid("imageManifest", f"Member must have length less than or equal to {LARGEST}")
    try:
        found = json.loads(manifest.decode())  # bytes may be UTF-16 for it, which nothing else here takes
    except (ValueError, RecursionError):
        raise _invalid("ImageManifest", "Invalid JSON syntax") from None
    if not isinstance(found, dict):
        raise _invalid("ImageManifest", "Invalid JSON syntax")
    return found


def _check_kind(manifest: dict[str, Any], media_type: str) -> None:
    if media_type not in (*oci.MANIFESTS, *oci.INDEXES):
        raise refusal("UnsupportedImageTypeException", "The image is of a type that is not supported.")
    needed = {"config": dict, "layers": list} if media_type in oci.MANIFESTS else {"manifests": list}
    for name, kind in needed.items():
        if not isinstance(manifest.get(name), kind):
            raise _invalid("imageManifest", f"an image of type {media_type} has to have {' and '.join(needed)}")


def _parts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the descriptors of configuration and layers."""
    config, layers = manifest.get("config"), manifest.get("layers")
    found = [config, *layers] if isinstance(layers, list) else [config]
    return [part for part in found if isinstance(part, dict)]


def _check_parts(place: Place, manifest: dict[str, Any]) -> None:
    """Everything that a manifest names has to be there before it, as ECR demands."""
    missing = [digest for part in _parts(manifest) if not blobs.find(place, digest := str(part.get("digest")))]
    if missing:
        raise refusal(
            "LayersNotFoundException",
            f"The following layers do not exist in the repository with name '{place.repository}': {', '.join(missing)}",
        )
    named = manifest.get("manifests")
    for child in named if isinstance(named, list) else []:
        if not isinstance(child, dict) or not find(place, digest=str(child.get("digest"))):
            raise refusal(
                "ReferencedImagesNotFoundException", "The manifest list is referencing an image that does not exist."
            )


def _check_tag(place: Place, tag: str | None, digest: str) -> None:
    """Hold the tags of a repository that does not let them be moved."""
    holder = find(place, tag) if tag is not None else None
    if holder is None or holder.get_image_digest() == digest or tag is None:
        return
    try:
        ecr_backends[place.account][place.region]._resolve_image_tag_mutability(repository(place), tag)
    except ImageAlreadyExistsException:
        raise refusal(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{place.repository}' repository and cannot be overwritten "
            "because the repository is immutable.",
        ) from None


def size(image: Image) -> int | None:
    """Return how many bytes an image's layers have, compressed; a list of images has none."""
    layers = json.loads(image.image_manifest).get("layers")
    if not isinstance(layers, list):
        return None
    sizes = [layer.get("size") for layer in layers if isinstance(layer, dict)]
    return sum(each for each in sizes if isinstance(each, int))
