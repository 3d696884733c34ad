"""The HTTP interface of a registry, which `docker push`, skopeo and the like speak.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html
https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.http import Request, Response
from localstack.services.plugins import SERVICE_PLUGINS

from localstack_dockerless.services.ecr import blobs, manifests, tokens
from localstack_dockerless.services.ecr.blobs import Place

BASE = "/v2/"
HOST = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com|localhost)(:\d+)?")
_NAME = "[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
_RANGE = re.compile(r"(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:/.*)?")
_CHUNK = 1024 * 1024
_CODES = {
    "ImageDigestDoesNotMatchException": ("DIGEST_INVALID", 400),
    "ImageTagAlreadyExistsException": ("TAG_INVALID", 400),
    "InternalError": ("UNKNOWN", 507),
    "InvalidLayerException": ("DIGEST_INVALID", 400),
    "InvalidParameterException": ("MANIFEST_INVALID", 400),
    "LayersNotFoundException": ("MANIFEST_BLOB_UNKNOWN", 400),
    "LimitExceededException": ("SIZE_INVALID", 413),
    "ReferencedImagesNotFoundException": ("MANIFEST_BLOB_UNKNOWN", 400),
    "RepositoryNotFoundException": ("NAME_UNKNOWN", 404),
    "UnsupportedImageTypeException": ("MANIFEST_INVALID", 400),
    "UploadNotFoundException": ("BLOB_UPLOAD_UNKNOWN", 404),
}
"""Of AWS, and what they are called here."""

Answer = Callable[[Request, Place, str], Response]


class Refused(Exception):  # noqa: N818 - an answer
    """An error of the registry: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def answer(request: Request) -> Response:
    """Answer a request below ``/v2/``."""
    SERVICE_PLUGINS.require("ecr")
    try:
        place = _place(request)
        if request.path == BASE:
            return _json({})
        for pattern, methods in ROUTES:
            if found := re.fullmatch(BASE + pattern, request.path):
                return _route(request, place._replace(repository=found["name"]), methods, found["reference"])
        raise Refused(404, "UNSUPPORTED", "The operation is unsupported.")
    except Refused as refused:
        return _error(request, refused.status, refused.code, str(refused))
    except CommonServiceException as error:
        code, status = _CODES.get(error.code, ("UNKNOWN", 400))
        return _error(request, status, code, error.message or "")


def _place(request: Request) -> Place:
    """The registry that is meant: that of the address, or, where it is the server's own, that of the token."""
    token = request.args.get("token")
    known = tokens.read(token) if token else tokens.read_header(request.headers.get("Authorization", ""))
    if not known:
        raise Refused(401, "UNAUTHORIZED", "Not Authorized")
    host = HOST.fullmatch(request.host)
    if host and host[1] != known[0]:
        raise Refused(403, "DENIED", f"The token is not for the registry with id '{host[1]}'")
    return Place(known[0], host[2] if host else known[1], "")


def _route(request: Request, place: Place, methods: dict[str, Answer], reference: str) -> Response:
    method = methods.get(request.method)
    if not method:
        raise Refused(405, "UNSUPPORTED", "The operation is unsupported.")
    with manifests.LOCK:
        manifests.repository(place)
    return method(request, place, reference)


def _reply(status: int, body: bytes = b"", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, {"Docker-Distribution-Api-Version": "registry/2.0", **named})


def _json(value: Any, status: int = 200) -> Response:
    return _reply(status, json.dumps(value).encode(), Content_Type="application/json")


def _error(request: Request, status: int, code: str, message: str) -> Response:
    response = _json({"errors": [{"code": code, "message": message}]}, status)
    if status == 401:  # noqa: PLR2004 - how the client learns to authenticate
        response.headers["WWW-Authenticate"] = f'Basic realm="http://{request.host}/",service="ecr.amazonaws.com"'
    return response


def _get_blob(request: Request, place: Place, digest: str) -> Response:
    file = blobs.find(place, digest)
    if not file:
        raise Refused(404, "BLOB_UNKNOWN", f"blob unknown to registry: {digest}")
    response = _reply(200, Docker_Content_Digest=digest, Content_Type="application/octet-stream")
    if request.method == "GET":
        response.response = _read(file)
    response.headers["Content-Length"] = str(file.stat().st_size)
    return response


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(_CHUNK):
            yield part


def _begin_upload(request: Request, place: Place, _reference: str) -> Response:
    digest, source = request.args.get("mount", ""), place._replace(repository=request.args.get("from", ""))
    if manifests.exists(source) and blobs.mount(place, source, digest):
        return _stored(place, digest)
    upload = blobs.begin(place)
    if request.args.get("digest"):
        return _end_upload(request, place, upload.identifier)
    return _accepted(place, upload)


def _accepted(place: Place, upload: blobs.Upload, status: int = 202) -> Response:
    return _reply(
        status,
        Location=f"/v2/{place.repository}/blobs/uploads/{upload.identifier}",
        Docker_Upload_UUID=upload.identifier,
        Range=f"0-{max(0, upload.size - 1)}",
    )


def _stored(place: Place, digest: str) -> Response:
    return _reply(201, Location=f"/v2/{place.repository}/blobs/{digest}", Docker_Content_Digest=digest)


def _add(request: Request, upload: blobs.Upload) -> None:
    """Take the request's body; where it says where it belongs, it belongs at the end of what is there."""
    if (stated := request.headers.get("Content-Range")) is not None:
        found = _RANGE.fullmatch(stated)
        if not found or int(found[1]) != upload.size:
            raise Refused(416, "BLOB_UPLOAD_INVALID", f"the upload has {upload.size} bytes so far")
    upload.add(request.stream)


@contextlib.contextmanager
def _held(place: Place, identifier: str) -> Iterator[blobs.Upload]:
    """An upload that nobody else works on, and that nobody has finished meanwhile."""
    upload = blobs.upload_of(place, identifier)
    with upload.lock:
        blobs.upload_of(place, identifier)
        try:
            yield upload
        except FileNotFoundError:  # its repository was deleted
            raise Refused(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry") from None


def _patch_upload(request: Request, place: Place, identifier: str) -> Response:
    with _held(place, identifier) as upload:
        _add(request, upload)
    return _accepted(place, upload)


def _end_upload(request: Request, place: Place, identifier: str) -> Response:
    digest = request.args.get("digest", "")
    with _held(place, identifier) as upload:
        if not blobs.DIGEST.fullmatch(digest):
            raise Refused(400, "DIGEST_INVALID", f"{digest!r} is not a digest")
        _add(request, upload)
        blobs.finish(upload, digest)
    return _stored(place, digest)


def _get_upload(_request: Request, place: Place, identifier: str) -> Response:
    return _accepted(place, blobs.upload_of(place, identifier), 204)


def _cancel_upload(_request: Request, place: Place, identifier: str) -> Response:
    blobs.cancel(blobs.upload_of(place, identifier))
    return _reply(204)


def _get_manifest(request: Request, place: Place, reference: str) -> Response:
    with manifests.LOCK:
        image = manifests.find(place, **_named(reference))
    if not image:
        raise Refused(404, "MANIFEST_UNKNOWN", "Requested image not found")
    content = image.image_manifest.encode()
    response = _reply(
        200,
        b"" if request.method == "HEAD" else content,
        Docker_Content_Digest=image.get_image_digest(),
        Content_Type=str(image.image_manifest_media_type),
    )
    response.headers["Content-Length"] = str(len(content))
    return response


def _named(reference: str) -> dict[str, str]:
    return {"digest" if blobs.DIGEST.fullmatch(reference) else "tag": reference}


def _put_manifest(request: Request, place: Place, reference: str) -> Response:
    content = request.stream.read(manifests.LARGEST + 1)
    named = _named(reference)
    with manifests.LOCK:
        with contextlib.suppress(manifests.AlreadyThere):  # pushing again is no error
            manifests.put(place, content, request.headers.get("Content-Type"), named.get("tag"), named.get("digest"))
        image = manifests.find(place, **named)
    digest = image.get_image_digest() if image else ""
    return _reply(201, Location=f"/v2/{place.repository}/manifests/{digest}", Docker_Content_Digest=digest)


def _tags(_request: Request, place: Place, _reference: str) -> Response:
    with manifests.LOCK:
        tags = sorted(tag for image in manifests.repository(place).images for tag in image.image_tags)
    return _json({"name": place.repository, "tags": tags})


ROUTES: tuple[tuple[str, dict[str, Answer]], ...] = (
    (rf"(?P<name>{_NAME})/blobs/uploads/(?P<reference>)", {"POST": _begin_upload}),
    (
        rf"(?P<name>{_NAME})/blobs/uploads/(?P<reference>[^/]+)",
        {"GET": _get_upload, "PATCH": _patch_upload, "PUT": _end_upload, "DELETE": _cancel_upload},
    ),
    (rf"(?P<name>{_NAME})/blobs/(?P<reference>[^/]+)", {"GET": _get_blob, "HEAD": _get_blob}),
    (
        rf"(?P<name>{_NAME})/manifests/(?P<reference>[^/]+)",
        {"GET": _get_manifest, "HEAD": _get_manifest, "PUT": _put_manifest},
    ),
    (rf"(?P<name>{_NAME})/tags/(?P<reference>list)", {"GET": _tags}),
)
"""Patterns of paths, and what answers which method. Images are deleted by the API, as in ECR."""
