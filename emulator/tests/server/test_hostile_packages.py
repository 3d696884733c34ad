"""Packages and layers by anybody, sent to a server: refused in AWS's words, by every way they come."""

from __future__ import annotations

import io
import zipfile

import pytest
from botocore.exceptions import ClientError
from deployed import ROLE, archive, package
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack_dockerless.server import packages
from test_archives import file, link, made

ACCOUNT = "640000000002"
UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."
TOO_LARGE = "Unzipped size must be smaller than 262144000 bytes"
LIMIT = 262_144_000
HOSTILE = {
    "no archive": (b"#!/bin/sh", UNREADABLE),
    "cut off": (made(file())[:-9], UNREADABLE),
    "path traversal": (made(file("../../../../../../tmp/up.py")), UNREADABLE),
    "absolute path": (made(file("/etc/up.py")), UNREADABLE),
    "behind a link": (made(link("d", "/tmp"), file("d/up.py")), UNREADABLE),
    "long name": (made(file("n" * 5_000)), UNREADABLE),
    "empty": (made(), "Uploaded file must be a non-empty zip"),
    "bomb": (made(*(file(f"{number}", bytes(5 << 20)) for number in range(51))), TOO_LARGE),
}


def create(client, code, name="hostile", **options):
    return client.create_function(
        FunctionName=name, Runtime="python3.13", Role=ROLE, Handler="probe.handler", Code=code, **options
    )


@pytest.fixture(scope="module")
def client(server):
    return server.client("lambda", ACCOUNT)


@pytest.fixture(scope="module")
def function(client):
    create(client, {"ZipFile": package("probe.py")})
    client.get_waiter("function_active_v2").wait(FunctionName="hostile", WaiterConfig={"Delay": 0.05})
    yield "hostile"
    client.delete_function(FunctionName="hostile")


@pytest.fixture(scope="module")
def bucket(server):
    """With each of them."""
    s3 = server.client("s3", ACCOUNT)
    s3.create_bucket(Bucket="hostile-packages")
    for key, (content, _) in HOSTILE.items():
        s3.put_object(Bucket="hostile-packages", Key=key, Body=content)
    yield "hostile-packages"
    for key in HOSTILE:
        s3.delete_object(Bucket="hostile-packages", Key=key)
    s3.delete_bucket(Bucket="hostile-packages")


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_refused_and_the_function_goes_on(client, function, bucket, kind):
    content, words = HOSTILE[kind]
    found = {"S3Bucket": bucket, "S3Key": kind}
    ways = [
        lambda: create(client, {"ZipFile": content}, "other"),
        lambda: create(client, found, "other"),
        lambda: client.update_function_code(FunctionName=function, ZipFile=content),
        lambda: client.update_function_code(FunctionName=function, **found),
        lambda: client.publish_layer_version(LayerName="hostile", Content={"ZipFile": content}),
        lambda: client.publish_layer_version(LayerName="hostile", Content=found),
    ]
    for way in ways:
        with pytest.raises(ClientError) as refusal:
            way()
        error = refusal.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidParameterValueException", words)
    assert "FunctionError" not in client.invoke(FunctionName=function, Payload="{}")
    assert not client.list_layers()["Layers"]


def test_a_refused_version_of_a_layer_has_had_no_number(client):
    good, bad = {"ZipFile": archive({"a": "1"})}, {"ZipFile": b"no archive"}
    for number in (1, 2):
        with pytest.raises(ClientError, match=UNREADABLE):
            client.publish_layer_version(LayerName="numbered", Content=bad)
        assert client.publish_layer_version(LayerName="numbered", Content=good)["Version"] == number
    for number in (1, 2):
        client.delete_layer_version(LayerName="numbered", VersionNumber=number)
    assert not client.list_layers()["Layers"]
    assert client.publish_layer_version(LayerName="numbered", Content=good)["Version"] == 3
    client.delete_layer_version(LayerName="numbered", VersionNumber=3)


def test_layers_are_listed_with_the_latest_version_that_matches(client):
    content = {"ZipFile": archive({"a": "1"})}
    for runtime in ("python3.12", "python3.13"):
        client.publish_layer_version(LayerName="filtered", Content=content, CompatibleRuntimes=[runtime])
    (found,) = client.list_layers(CompatibleRuntime="python3.12")["Layers"]
    assert found["LatestMatchingVersion"]["Version"] == 1
    assert not client.list_layers(CompatibleRuntime="nodejs22.x")["Layers"]
    for number in (1, 2):
        client.delete_layer_version(LayerName="filtered", VersionNumber=number)


def test_layers_and_code_have_250_mb_together(client):
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as layer:
        layer.writestr("zeros", bytes(LIMIT - 1))
    arn = client.publish_layer_version(LayerName="large", Content={"ZipFile": large.getvalue()})["LayerVersionArn"]
    nowhere = {"SubnetIds": ["subnet-none"], "SecurityGroupIds": ["sg-none"]}  # no such function is made
    wanted = {"name": "together", "Layers": [arn], "VpcConfig": nowhere}
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*subnet-none"):
        create(client, {"ZipFile": archive({"a": "1"})}, **wanted)
    with pytest.raises(
        ClientError,
        match=r"InvalidParameterValueException.*Function code combined with layers exceeds the maximum allowed size of "
        r"262144000 bytes. The actual size is 262144001 bytes.",
    ):
        create(client, {"ZipFile": archive({"a": "12"})}, **wanted)
    client.delete_layer_version(LayerName="large", VersionNumber=1)


def test_layers_are_added_to_the_code_that_is_there(client, function):
    large = made(*(file(f"{number}", bytes(1 << 20)) for number in range(249)), file("rest", bytes(1 << 20)[:-100]))
    arn = client.publish_layer_version(LayerName="large", Content={"ZipFile": large})["LayerVersionArn"]
    with pytest.raises(ClientError, match=r"combined with layers exceeds the maximum allowed size"):
        client.update_function_configuration(FunctionName=function, Layers=[arn])
    client.delete_layer_version(LayerName="large", VersionNumber=2)


def test_an_object_that_cannot_be_a_package_is_not_read(monkeypatch):
    monkeypatch.setattr(packages, "_size", lambda *_: 400_000_000)
    monkeypatch.setattr(packages, "_fetch_original", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(InvalidParameterValueException, match=TOO_LARGE):
        packages._fetch("bucket", "key", None, function_name="f", region_name="us-east-1", account_id=ACCOUNT)


def test_all_packages_of_an_account_have_a_quota(monkeypatch):
    monkeypatch.setattr(packages.config, "LAMBDA_LIMITS_TOTAL_CODE_SIZE", 100)
    packages._check_storage(ACCOUNT, "us-east-1", 100)
    with pytest.raises(packages.CodeStorageExceededException, match=r"Code storage limit exceeded\."):
        packages._check_storage(ACCOUNT, "us-east-1", 101)
