"""What an image is made of: blobs known by their digests, a configuration, a manifest, and the layout that holds them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"

MANIFESTS = (MANIFEST, DOCKER_MANIFEST)
INDEXES = (INDEX, DOCKER_LIST)
CONFIGS = (CONFIG, DOCKER_CONFIG)
LAYERS = (LAYER, "application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip")

RUNTIME_LABEL = "localstack-dockerless.runtime"
"""Of an image whose runtime (``python3.13``) is not in it: where it runs, the machine brings it."""


def digest(content: bytes) -> str:
    """Return what a blob is known by."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def encoded(value: Any) -> bytes:
    """Return JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def descriptor(media_type: str, content: bytes, **more: Any) -> dict[str, Any]:
    """Return how one part of an image refers to another."""
    return {"mediaType": media_type, "digest": digest(content), "size": len(content), **more}


def write(output: Path, blobs: Iterable[bytes], manifest: bytes, name: str) -> None:
    """Write an image layout: a directory, or one file if its name ends with ``.tar``.

    Args:
        output: where to.
        blobs: the configuration and the layers.
        manifest: the manifest of the only image.
        name: its tag.

    https://github.com/opencontainers/image-spec/blob/main/image-layout.md
    """
    named = {"org.opencontainers.image.ref.name": name}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(MANIFEST, manifest, annotations=named)]}
    files = {"oci-layout": encoded({"imageLayoutVersion": "1.0.0"}), "index.json": encoded(index)}
    files |= {f"blobs/{digest(blob).replace(':', '/')}": blob for blob in (*blobs, manifest)}
    if output.suffix == ".tar":
        output.write_bytes(archive(files))
        return
    for path, content in files.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_bytes(content)


def archive(files: dict[str, bytes]) -> bytes:
    """Return a tar archive that is the same for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            tar.addfile(entry, io.BytesIO(files[path]))
    return buffer.getvalue()
