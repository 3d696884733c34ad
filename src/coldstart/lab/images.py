"""Container images of a lab: built from its Dockerfiles, run by themselves, pushed to ECR, with what the target has.

The course's own emulator builds and runs images without Docker, and its registry takes them through ECR's API. Everywhere else Docker does
all of it, with the commands of AWS's guide: https://docs.aws.amazon.com/lambda/latest/dg/python-image.html
"""

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
import httpx

from coldstart import stack
from coldstart.errors import CourseError
from coldstart.lab.packaging import folder
from coldstart.lab.target import Target

PLATFORM: Final = "linux/amd64"
"""Of functions that are created without naming an architecture."""
INVOCATIONS: Final = "/2015-03-31/functions/function/invocations"
LOCAL_TAG: Final = "coldstart-local"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
STOP_SECONDS: Final = 10
RETRIES: Final = 8
"""Of a connection, each after twice the time: a minute together."""


def push(target: Target, slug: str, dockerfile: str, uri: str) -> None:
    """Build an image of a lab and push it.

    Args:
        target: Where the lab runs.
        slug: The section, ``03-packaging``.
        dockerfile: Its name in the lab's ``functions`` folder, which is what it may copy from.
        uri: Repository and tag, ``123456789012.dkr.ecr.us-east-1.amazonaws.com/parcels:v1``.

    Raises:
        CourseError: The image cannot be built or pushed; the sentence is that of the program that tried.
    """
    if target.kind == "dockerless":
        with _layout(slug, dockerfile) as layout:
            _upload(layout, uri)
        return
    _build_with_docker(slug, dockerfile, uri)
    token = boto3.client("ecr").get_authorization_token()["authorizationData"][0]
    user, _, password = base64.b64decode(token["authorizationToken"]).decode().partition(":")
    registry = uri.partition("/")[0]
    _docker("login", "--username", user, "--password-stdin", registry, stdin=password)
    _docker("push", uri)


@contextmanager
def local(target: Target, slug: str, dockerfile: str) -> Iterator[str]:
    """Build an image of a lab and run it here, by itself; give the address that takes events.

    Args:
        target: Where the lab runs.
        slug: The section.
        dockerfile: See `push`.

    Raises:
        CourseError: See `push`.
    """
    if target.kind == "dockerless":
        with _layout(slug, dockerfile) as layout, _served(layout) as url:
            yield url
        return
    tag = f"{LOCAL_TAG}:{slug}"
    _build_with_docker(slug, dockerfile, tag)
    container = _docker("run", "--detach", "--rm", "--platform", PLATFORM, "--publish", "127.0.0.1::8080", tag)
    try:
        address = _docker("port", container, "8080").splitlines()[0]
        yield _answering(f"http://{address}{INVOCATIONS}")
    finally:
        _docker("rm", "--force", container)


# Without Docker


@contextmanager
def _layout(slug: str, dockerfile: str) -> Iterator[Path]:
    """Build an image with the emulator's builder; it is there as long as the block."""
    context = folder(slug)
    with tempfile.TemporaryDirectory(prefix="coldstart-image-") as directory:
        layout = Path(directory, "image")
        _run([stack.COMMAND, "image", "build", context, "--file", context / dockerfile, "--output", layout])
        yield layout


@contextmanager
def _served(layout: Path) -> Iterator[str]:
    command = [str(stack.COMMAND), "image", "run", str(layout), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise CourseError(_last_line(process.stderr.read() if process.stderr else ""))
            yield url
        finally:
            process.terminate()
            try:
                process.communicate(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _upload(layout: Path, uri: str) -> None:
    """Push an image by ECR's API: each layer that is not there yet, then the manifest with its tag."""
    name, _, tag = uri.partition("/")[2].partition(":")
    ecr = boto3.client("ecr")
    index = json.loads((layout / "index.json").read_bytes())
    manifest = _blob(layout, index["manifests"][0]["digest"])
    parts = json.loads(manifest)
    for digest in [parts["config"]["digest"], *(each["digest"] for each in parts["layers"])]:
        _upload_layer(ecr, name, _blob(layout, digest), digest)
    try:
        ecr.put_image(
            repositoryName=name, imageManifest=manifest.decode(), imageManifestMediaType=MANIFEST, imageTag=tag
        )
    except ecr.exceptions.ImageAlreadyExistsException:
        return  # the same image, under the same tag


def _upload_layer(ecr: Any, name: str, content: bytes, digest: str) -> None:
    found = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[digest])["layers"]
    if found and found[0]["layerAvailability"] == "AVAILABLE":
        return
    begun = ecr.initiate_layer_upload(repositoryName=name)
    upload, size = begun["uploadId"], begun["partSize"]
    for first in range(0, len(content), size):
        part = content[first : first + size]
        ecr.upload_layer_part(
            repositoryName=name,
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest])


def _blob(layout: Path, digest: str) -> bytes:
    return (layout / "blobs" / digest.replace(":", "/")).read_bytes()


# With Docker


def _build_with_docker(slug: str, dockerfile: str, tag: str) -> None:
    context = folder(slug)
    options = ["--platform", PLATFORM, "--provenance=false", "--load", "--tag", tag]
    _docker("buildx", "build", *options, "--file", str(context / dockerfile), str(context))


def _docker(*words: str, stdin: str | None = None) -> str:
    if not shutil.which("docker"):
        raise CourseError(
            "On this target images are built and pushed with Docker, which is not installed; see get.docker.com."
        )
    return _run(["docker", *words], stdin)


def _answering(url: str) -> str:
    """Return the address once something takes connections there: a container's program needs a moment."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=RETRIES)) as client:
        try:
            client.get(url)
        except httpx.HTTPError as error:
            raise CourseError(f"The image runs, but the container does not answer at {url}.") from error
    return url


def _run(command: list[Any], stdin: str | None = None) -> str:
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CourseError(_last_line(done.stderr) or f"{command[0]} ended with status {done.returncode}.")
    return done.stdout.strip()


def _last_line(stderr: str) -> str:
    return (stderr.strip().splitlines() or [""])[-1]
