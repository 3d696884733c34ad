"""Checks of lab 03."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

ZIPPED, HEAVY = "coldstart-03-zipped", "coldstart-03-heavy"
IMAGE, RETURNS = "coldstart-03-image", "coldstart-03-returns"
REPOSITORY, TAG = "coldstart-03-parcels", "current"
PARCEL = {"kg": 3}
PRICE, NEW_PRICE = 10, 11
DIRECT = 50 * 1024 * 1024  # bytes of an archive that CreateFunction takes with its request


def _function(aws: boto3.Session, name: str, otherwise: str) -> dict[str, Any]:
    """Return what Lambda tells of a function.

    Raises:
        CheckFailed: It is not there; the message is ``otherwise``.
    """
    functions = aws.client("lambda")
    try:
        found: dict[str, Any] = functions.get_function(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(otherwise) from None
    return found


def _answer(aws: boto3.Session, name: str) -> Any:
    """Invoke a function with a parcel; a function error fails the check in the function's words."""
    functions = aws.client("lambda")
    try:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(PARCEL))
    except functions.exceptions.ResourceConflictException:
        raise CheckFailed(f"`{name}` is not ready yet; wait for it with `ready`, and check again.") from None
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"`{name}` fails with {payload['errorType']}: {payload['errorMessage']}")
    return payload


def _value(aws: boto3.Session, name: str, key: str) -> Any:
    """Return one value of a function's answer."""
    answer = _answer(aws, name)
    if not isinstance(answer, dict) or key not in answer:
        raise CheckFailed(f"`{name}` answers {json.dumps(answer)}, without a {key}; another handler must have run.")
    return answer[key]


@check("zip-works", "The ZIP function prices a parcel with the handler that it always had")
def zip_works(aws: boto3.Session) -> None:
    found = _function(aws, ZIPPED, f"There is no function `{ZIPPED}` yet; the cells above create it.")
    handler = found["Configuration"].get("Handler")
    if handler != "parcels.handler":
        raise CheckFailed(
            f"Its handler is {handler} now; set it back to parcels.handler, and mend the archive instead."
        )
    try:
        price = _value(aws, ZIPPED, "price")
    except CheckFailed as failure:
        if "ImportModuleError" in str(failure):
            raise CheckFailed(f"{failure}. Is everything in `app` at the root of the archive?") from None
        raise
    if price != PRICE:
        raise CheckFailed(f"A parcel of 3 kg costs {price}; with the files in `app` it is {PRICE}.")


@check("through-s3", "A function has the archive that is too large to be sent with a request")
def through_s3(aws: boto3.Session) -> None:
    found = _function(aws, HEAVY, f"There is no function `{HEAVY}` yet; create it from the archive in the bucket.")
    size = found["Configuration"]["CodeSize"]
    if size <= DIRECT:
        raise CheckFailed(f"The archive of `{HEAVY}` has {size:,} bytes; it is to be the one with the model in it.")
    if (price := _value(aws, HEAVY, "price")) != PRICE:
        raise CheckFailed(f"`{HEAVY}` prices a parcel of 3 kg at {price}, not at {PRICE}.")


@check("from-image", "A function from the image gives the same price as the one from the archive")
def from_image(aws: boto3.Session) -> None:
    _from_repository(aws, IMAGE, f"There is no function `{IMAGE}` yet; create it with PackageType Image.")
    if (price := _value(aws, IMAGE, "price")) != PRICE:
        raise CheckFailed(f"`{IMAGE}` prices a parcel of 3 kg at {price}, not at {PRICE}; which Dockerfile was built?")


@check("second-command", "A second function runs another handler of the same image")
def second_command(aws: boto3.Session) -> None:
    _from_repository(aws, RETURNS, f"There is no function `{RETURNS}` yet; create it from the image that is there.")
    answer = _answer(aws, RETURNS)
    if "price" in answer:
        raise CheckFailed(f"`{RETURNS}` runs the image's own CMD and gives a price; override its Command.")
    if answer != {"refund": PRICE / 2}:
        raise CheckFailed(f"`{RETURNS}` answers {json.dumps(answer)}; a parcel of 3 kg has a refund of {PRICE / 2:g}.")


@check("new-rates", "Both functions of the image run what its tag names now")
def new_rates(aws: boto3.Session) -> None:
    expected = {IMAGE: ("price", NEW_PRICE), RETURNS: ("refund", NEW_PRICE / 2)}
    for name in expected:
        _from_repository(aws, name, f"`{name}` is not there to get the new rates; do its exercise first.")
    tagged = _tagged(aws)
    for name, (key, value) in expected.items():
        found = _function(aws, name, "")
        if found["Code"]["ResolvedImageUri"].partition("@")[2] != tagged:
            raise CheckFailed(f"`{name}` still runs an image that the tag `{TAG}` named before; update its code.")
        if (given := _value(aws, name, key)) != value:
            raise CheckFailed(
                f"`{name}` gives a {key} of {given:g}, not of {value:g}; is Dockerfile.2027 what was pushed?"
            )


def _from_repository(aws: boto3.Session, name: str, otherwise: str) -> None:
    found = _function(aws, name, otherwise)
    kind = found["Configuration"]["PackageType"]
    if kind != "Image":
        raise CheckFailed(f"`{name}` is a function of type {kind}; delete it, and create it with PackageType Image.")
    if f"/{REPOSITORY}:" not in found["Code"]["ImageUri"] and f"/{REPOSITORY}@" not in found["Code"]["ImageUri"]:
        raise CheckFailed(f"`{name}` has the image {found['Code']['ImageUri']}; it is to be one of {REPOSITORY}.")


def _tagged(aws: boto3.Session) -> str:
    """Return the digest of the image that the tag names."""
    ecr = aws.client("ecr")
    try:
        found = ecr.describe_images(repositoryName=REPOSITORY, imageIds=[{"imageTag": TAG}])
    except (ecr.exceptions.RepositoryNotFoundException, ecr.exceptions.ImageNotFoundException):
        raise CheckFailed(f"The repository {REPOSITORY} has no image with the tag `{TAG}`.") from None
    return str(found["imageDetails"][0]["imageDigest"])
