"""Registry of container images (ECR)

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError
from containers import ACCOUNT, Registry, credentials
from localstack_dockerless.images import oci

AUTHENTICATION = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html"
PUSH = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html"
PULL = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html"
FORMATS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html"
IMMUTABLE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"
PUT_IMAGE = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html"
PARTS = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html"
COMPLETE = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html"
DOWNLOAD = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html"
DELETE = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def ecr(server):
    return server.client("ecr")


@pytest.fixture(scope="module")
def registry(server, ecr):
    return Registry(server, credentials(ecr))


@pytest.fixture
def repository(ecr):
    name = f"registry/tests-{next(_numbers)}"
    ecr.create_repository(repositoryName=name)
    return name


def image(text="layer"):
    """A manifest, and what it is made of."""
    config, layer = oci.encoded({"text": text}), text.encode()
    parts = {"config": oci.descriptor(oci.CONFIG, config), "layers": [oci.descriptor(oci.LAYER, layer)]}
    return oci.encoded({"schemaVersion": 2, "mediaType": oci.MANIFEST, **parts}), [config, layer]


@pytest.fixture
def push(registry, repository):
    def push(tag, text="layer", name=repository):
        manifest, blobs = image(text)
        for blob in blobs:
            assert registry.upload(name, blob).status == 201
        return registry.ask("PUT", f"/v2/{name}/manifests/{tag}", manifest, Content_Type=oci.MANIFEST)

    return push


def refused(call, code, words="", **parameters):
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == code
    assert words in error.value.response["Error"]["Message"]


@pytest.mark.rule(AUTHENTICATION)
def test_a_token_is_user_and_password_for_twelve_hours(ecr, registry):
    given = ecr.get_authorization_token()["authorizationData"][0]
    assert registry.credentials.startswith("AWS:")
    assert 11 * 3600 < given["expiresAt"].timestamp() - time.time() <= 12 * 3600
    assert registry.ask("GET", "/v2/").status == 200


@pytest.mark.rule(AUTHENTICATION)
@pytest.mark.parametrize("wrong", ["", "AWS:guess", "somebody:", "AWS:MDAwOnVzLWVhc3QtMTox"])
def test_nobody_gets_in_without_a_token(server, registry, repository, wrong):
    wrong = wrong if not wrong.startswith("somebody") else f"{wrong}{registry.credentials.partition(':')[2]}"
    for path in ("/v2/", f"/v2/{repository}/manifests/v1"):
        answer = Registry(server, wrong).ask("GET", path)
        assert (answer.status, answer.code) == (401, "UNAUTHORIZED")
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.rule(AUTHENTICATION)
def test_a_token_opens_the_registry_of_its_own_account(server, registry):
    host = "dkr.ecr.us-east-1.amazonaws.com"
    assert Registry(server, registry.credentials, f"{ACCOUNT}.{host}").ask("GET", "/v2/").status == 200
    elsewhere = Registry(server, registry.credentials, f"{ACCOUNT}.dkr.ecr.nowhere-1.amazonaws.com")
    assert elsewhere.ask("GET", "/v2/any/tags/list").code == "NAME_UNKNOWN"
    denied = Registry(server, registry.credentials, f"111122223333.{host}").ask("GET", "/v2/")
    assert (denied.status, denied.code) == (403, "DENIED")


@pytest.mark.rule(PUSH)
def test_a_repository_has_to_exist_before_something_is_pushed_to_it(registry):
    answer = registry.ask("POST", "/v2/registry/missing/blobs/uploads/", b"")
    assert (answer.status, answer.code) == (404, "NAME_UNKNOWN")
    assert b"The repository with name 'registry/missing' does not exist in the registry" in answer.body


@pytest.mark.rule(PULL)
def test_what_was_pushed_can_be_pulled_by_tag_and_by_digest(registry, repository, push):
    manifest, blobs = image()
    digest = push("v1").headers["Docker-Content-Digest"]
    assert digest == oci.digest(manifest)
    for reference in ("v1", digest):
        for method, body in (("GET", manifest), ("HEAD", b"")):
            answer = registry.ask(method, f"/v2/{repository}/manifests/{reference}")
            assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, body, oci.MANIFEST)
            assert answer.headers["Content-Length"] == str(len(manifest))
            assert answer.headers["Docker-Content-Digest"] == digest
    for blob in blobs:
        assert registry.ask("GET", f"/v2/{repository}/blobs/{oci.digest(blob)}").body == blob
        assert registry.ask("HEAD", f"/v2/{repository}/blobs/{oci.digest(blob)}").headers["Content-Length"] == str(
            len(blob)
        )
    assert json.loads(registry.ask("GET", f"/v2/{repository}/tags/list").body) == {"name": repository, "tags": ["v1"]}


@pytest.mark.rule(PUSH)
def test_a_layer_can_be_sent_in_chunks(registry, repository):
    begun = registry.ask("POST", f"/v2/{repository}/blobs/uploads/", b"")
    place = begun.headers["Location"]
    assert registry.ask("PATCH", place, b"first ", Content_Range="0-5").headers["Range"] == "0-5"
    out_of_order = registry.ask("PATCH", place, b"x", Content_Range="9-9")
    assert (out_of_order.status, out_of_order.code) == (416, "BLOB_UPLOAD_INVALID")
    assert registry.ask("GET", place).headers["Range"] == "0-5"
    digest = oci.digest(b"first second")
    assert registry.ask("PUT", f"{place}?digest={digest}", b"second").status == 201
    assert registry.ask("GET", f"/v2/{repository}/blobs/{digest}").body == b"first second"
    assert registry.ask("PATCH", place, b"more").code == "BLOB_UPLOAD_UNKNOWN"


@pytest.mark.rule(PUSH)
def test_a_layer_can_be_sent_at_once_and_given_up(registry, repository):
    path = f"/v2/{repository}/blobs/uploads/"
    assert registry.ask("POST", f"{path}?digest={oci.digest(b'all')}", b"all").status == 201
    place = registry.ask("POST", path, b"").headers["Location"]
    assert registry.ask("DELETE", place).status == 204
    assert registry.ask("PUT", f"{place}?digest={oci.digest(b'')}", b"").code == "BLOB_UPLOAD_UNKNOWN"


@pytest.mark.rule(PUSH)
def test_a_layer_is_what_its_digest_says(registry, repository):
    place = registry.ask("POST", f"/v2/{repository}/blobs/uploads/", b"").headers["Location"]
    answer = registry.ask("PUT", f"{place}?digest={oci.digest(b'one')}", b"another")
    assert (answer.status, answer.code) == (400, "DIGEST_INVALID")
    assert registry.ask("HEAD", f"/v2/{repository}/blobs/{oci.digest(b'one')}").status == 404


@pytest.mark.rule("https://docs.aws.amazon.com/AmazonECR/latest/userguide/blob-mounting.html")
def test_a_layer_of_another_repository_can_be_mounted(ecr, registry, repository, push):
    push("v1")
    other = f"{repository}-other"
    ecr.create_repository(repositoryName=other)
    digest = oci.digest(b"layer")
    mount = f"/v2/{other}/blobs/uploads/?from={repository}&mount="
    assert registry.ask("POST", f"{mount}{digest}", b"").status == 201
    assert registry.ask("GET", f"/v2/{other}/blobs/{digest}").body == b"layer"
    assert registry.ask("POST", f"{mount}{oci.digest(b'missing')}", b"").status == 202


@pytest.mark.rule(PUSH)
@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"no JSON", "MANIFEST_INVALID"),
        (b"[]", "MANIFEST_INVALID"),
        (b'{"manifests": []}', "MANIFEST_INVALID"),
        (image("never sent")[0], "MANIFEST_BLOB_UNKNOWN"),
    ],
)
def test_an_image_has_to_be_whole(registry, repository, manifest, code):
    answer = registry.ask("PUT", f"/v2/{repository}/manifests/v1", manifest, Content_Type=oci.MANIFEST)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.rule(FORMATS)
def test_a_list_names_images_that_are_there_and_other_types_are_not_supported(registry, repository, push):
    digest = push("v1").headers["Docker-Content-Digest"]
    path = f"/v2/{repository}/manifests/all"
    for named, status in ((oci.digest(b"missing"), 400), (digest, 201)):
        index = oci.encoded({"schemaVersion": 2, "manifests": [{"digest": named}]})
        assert registry.ask("PUT", path, index, Content_Type=oci.INDEX).status == status
    answer = registry.ask("PUT", path, b"{}", Content_Type="application/octet-stream")
    assert (answer.status, answer.code) == (400, "MANIFEST_INVALID")


@pytest.mark.rule(PUSH)
def test_a_manifest_is_what_its_digest_says(registry, repository, push):
    push("v1")
    answer = registry.ask("PUT", f"/v2/{repository}/manifests/{oci.digest(b'')}", image()[0], Content_Type=oci.MANIFEST)
    assert (answer.status, answer.code) == (400, "DIGEST_INVALID")
    assert registry.ask("GET", f"/v2/{repository}/manifests/missing").code == "MANIFEST_UNKNOWN"


@pytest.mark.rule(IMMUTABLE)
def test_an_immutable_tag_stays(ecr, repository, push):
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    assert push("v1").status == 201
    answer = push("v1", "another")
    assert (answer.status, answer.code) == (400, "TAG_INVALID")
    refused(
        ecr.put_image,
        "ImageTagAlreadyExistsException",
        "cannot be overwritten because the repository is immutable",
        repositoryName=repository,
        imageManifest=image("another")[0].decode(),
        imageTag="v1",
    )


@pytest.mark.rule(FORMATS)
def test_the_api_shows_what_was_pushed(ecr, repository, push):
    push("v1")
    manifest, blobs = image()
    found = ecr.describe_images(repositoryName=repository)["imageDetails"][0]
    assert (found["imageDigest"], found["imageTags"]) == (oci.digest(manifest), ["v1"])
    assert found["imageSizeInBytes"] == len(blobs[1])
    assert found["imageManifestMediaType"] == oci.MANIFEST
    got = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}, {}])
    assert [each["imageManifest"].encode() for each in got["images"]] == [manifest]
    assert got["images"][0]["imageId"] == {"imageDigest": oci.digest(manifest), "imageTag": "v1"}
    assert [each["failureCode"] for each in got["failures"]] == ["ImageNotFound", "MissingDigestAndTag"]


@pytest.mark.rule(PUT_IMAGE)
def test_an_image_that_loses_its_tag_stays(ecr, registry, repository, push):
    old = push("latest").headers["Docker-Content-Digest"]
    new = push("latest", "another").headers["Docker-Content-Digest"]
    listed = {}
    for status in ("TAGGED", "UNTAGGED"):
        listed[status] = ecr.list_images(repositoryName=repository, filter={"tagStatus": status})["imageIds"]
    assert listed == {"TAGGED": [{"imageDigest": new, "imageTag": "latest"}], "UNTAGGED": [{"imageDigest": old}]}
    untagged = ecr.describe_images(repositoryName=repository, filter={"tagStatus": "UNTAGGED"})["imageDetails"]
    assert [each["imageDigest"] for each in untagged] == [old]
    assert registry.ask("GET", f"/v2/{repository}/manifests/{old}").status == 200


@pytest.mark.rule(PUT_IMAGE)
def test_an_image_can_be_pushed_by_the_api_alone(ecr, registry, repository):
    manifest, blobs = image("by the API")
    for blob in blobs:
        begun = ecr.initiate_layer_upload(repositoryName=repository)
        sent = ecr.upload_layer_part(
            repositoryName=repository,
            uploadId=begun["uploadId"],
            partFirstByte=0,
            partLastByte=len(blob) - 1,
            layerPartBlob=blob,
        )
        assert sent["lastByteReceived"] == len(blob) - 1
        upload = {"repositoryName": repository, "uploadId": begun["uploadId"], "layerDigests": [oci.digest(blob)]}
        assert ecr.complete_layer_upload(**upload)["layerDigest"] == oci.digest(blob)
    put = {"repositoryName": repository, "imageManifest": manifest.decode(), "imageTag": "v1"}
    assert ecr.put_image(**put)["image"]["imageId"] == {"imageDigest": oci.digest(manifest), "imageTag": "v1"}
    assert registry.ask("GET", f"/v2/{repository}/manifests/v1").body == manifest
    refused(ecr.put_image, "ImageAlreadyExistsException", "already exists", **put)
    refused(ecr.put_image, "ImageDigestDoesNotMatchException", **put, imageDigest=oci.digest(b""))


@pytest.mark.rule(PARTS)
def test_the_parts_of_a_layer_follow_each_other_and_are_large(ecr, repository):
    upload = {
        "repositoryName": repository,
        "uploadId": ecr.initiate_layer_upload(repositoryName=repository)["uploadId"],
    }
    refused(ecr.complete_layer_upload, "EmptyUploadException", **upload, layerDigests=[oci.digest(b"")])
    wrong = {"partFirstByte": 1, "partLastByte": 3, "layerPartBlob": b"abc"}
    refused(ecr.upload_layer_part, "InvalidLayerPartException", "not consecutive", **upload, **wrong)
    for first, part in ((0, b"abc"), (3, b"def")):
        ecr.upload_layer_part(**upload, partFirstByte=first, partLastByte=first + 2, layerPartBlob=part)
    small = "Layer parts must be at least 5 MiB in size."
    refused(
        ecr.complete_layer_upload, "LayerPartTooSmallException", small, **upload, layerDigests=[oci.digest(b"abcdef")]
    )
    refused(ecr.upload_layer_part, "UploadNotFoundException", **upload | {"uploadId": ACCOUNT}, **wrong)


@pytest.mark.rule(COMPLETE)
def test_a_layer_of_the_api_is_what_its_digest_says_and_new(ecr, repository, push):
    push("v1")

    def complete(content, digest):
        upload = {
            "repositoryName": repository,
            "uploadId": ecr.initiate_layer_upload(repositoryName=repository)["uploadId"],
        }
        ecr.upload_layer_part(**upload, partFirstByte=0, partLastByte=len(content) - 1, layerPartBlob=content)
        ecr.complete_layer_upload(**upload, layerDigests=[digest])

    refused(complete, "InvalidLayerException", content=b"one", digest=oci.digest(b"another"))
    refused(complete, "LayerAlreadyExistsException", content=b"layer", digest=oci.digest(b"layer"))


@pytest.mark.rule(DOWNLOAD)
def test_a_layer_can_be_looked_for_and_downloaded(ecr, repository, push):
    push("v1")
    there, missing = oci.digest(b"layer"), oci.digest(b"missing")
    found = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[there, missing, "wrong"])
    assert [each["layerAvailability"] for each in found["layers"]] == ["AVAILABLE", "UNAVAILABLE"]
    assert [each["failureCode"] for each in found["failures"]] == ["InvalidLayerDigest"]
    url = ecr.get_download_url_for_layer(repositoryName=repository, layerDigest=there)["downloadUrl"]
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"layer"
    refused(ecr.get_download_url_for_layer, "LayersNotFoundException", repositoryName=repository, layerDigest=missing)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url.partition("?")[0])


@pytest.mark.rule(DELETE)
def test_a_repository_goes_with_its_images_if_that_is_asked_for(ecr, registry, repository, push):
    push("v1")
    refused(ecr.delete_repository, "RepositoryNotEmptyException", repositoryName=repository)
    ecr.delete_repository(repositoryName=repository, force=True)
    ecr.create_repository(repositoryName=repository)
    assert registry.ask("HEAD", f"/v2/{repository}/blobs/{oci.digest(b'layer')}").status == 404
