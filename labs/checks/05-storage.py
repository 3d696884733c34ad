"""Checks of lab 05."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-05-"
WORK = 600
NOTE = "written by a check"


def _configuration(aws: boto3.Session, name: str) -> dict[str, Any]:
    """Return a function's configuration."""
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=PREFIX + name))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {PREFIX}{name} yet; the cells above create it.") from None


def _invoke(aws: boto3.Session, name: str, event: dict[str, Any]) -> Any:
    """Return a function's answer; it must not fail."""
    answer = aws.client("lambda").invoke(FunctionName=PREFIX + name, Payload=json.dumps(event))
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"`{name}` fails: {payload.get('errorMessage', payload)}")
    return payload


@check("room", "`scratch` has a `/tmp` with room for 600 MB")
def room(aws: boto3.Session) -> None:
    size = _configuration(aws, "scratch").get("EphemeralStorage", {}).get("Size", 0)
    if size <= WORK:
        raise CheckFailed(f"`scratch` has {size} MB of ephemeral storage; {WORK} MB of work do not fit into it.")
    if (total := _invoke(aws, "scratch", {})["total"]) < WORK:
        raise CheckFailed(f"The configuration is right, but the function finds a `/tmp` of {total} MB.")


@check("tidy", "`scratch` leaves nothing behind in `/tmp`, and still has room")
def tidy(aws: boto3.Session) -> None:
    configuration = _configuration(aws, "scratch")
    if (value := configuration.get("Environment", {}).get("Variables", {}).get("TIDY")) != "yes":
        raise CheckFailed(f"`scratch` keeps its files: its variable TIDY is {value!r}, not 'yes'.")
    if (size := configuration["EphemeralStorage"]["Size"]) <= WORK:
        raise CheckFailed(f"`scratch` tidies up, but its `/tmp` has {size} MB and cannot hold {WORK} MB at once.")
    for _ in range(2):
        _invoke(aws, "scratch", {"megabytes": WORK})


@check("mounted", "`writer` and `reader` mount one access point")
def mounted(aws: boto3.Session) -> None:
    points = []
    for name in ("writer", "reader"):
        configuration = _configuration(aws, name)
        if not configuration.get("FileSystemConfigs"):
            raise CheckFailed(f"`{name}` mounts no file system; it needs `FileSystemConfigs` and a VPC.")
        points.append(configuration["FileSystemConfigs"][0]["Arn"])
    if points[0] != points[1]:
        raise CheckFailed("`writer` and `reader` mount different access points; give both the same one.")


@check("same-files", "What `writer` writes, `reader` reads")
def same_files(aws: boto3.Session) -> None:
    for name in ("writer", "reader"):
        configuration = _configuration(aws, name)
        place = configuration.get("Environment", {}).get("Variables", {}).get("PLACE")
        mounts = [mount["LocalMountPath"] for mount in configuration.get("FileSystemConfigs", [])]
        if not any(place == mount or str(place).startswith(mount + "/") for mount in mounts):
            raise CheckFailed(f"`{name}` keeps its note in {place}, which no other function sees.")
    _invoke(aws, "writer", {"write": NOTE})
    if (found := _invoke(aws, "reader", {})) != NOTE:
        raise CheckFailed(f"`writer` wrote a note, and `reader` finds {found!r}: do both use the same folder?")
