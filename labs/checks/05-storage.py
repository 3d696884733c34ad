"""Checks of lab 05."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

NAME = "coldstart-05-"
EXERCISES = {"preview": "section 2", "intake": "section 4", "search": "exercise 4", "guest": "exercise 5"}
"""Where a function is made."""
PANORAMA = 600  # MB
MOST = 1024  # MB in /tmp that the exercise allows
SLACK = 8  # MB that a file system may keep for itself


def _config(aws: boto3.Session, function: str) -> dict[str, Any]:
    """Return a function's configuration."""
    functions = aws.client("lambda")
    try:
        found: dict[str, Any] = functions.get_function_configuration(FunctionName=f"{NAME}{function}")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function `{function}` yet; {EXERCISES[function]} makes it.") from None
    return found


def _call(aws: boto3.Session, function: str, **event: Any) -> tuple[str, Any]:
    """Invoke a function, and return its error, if any, and its answer."""
    functions = aws.client("lambda")
    try:
        answer = functions.invoke(FunctionName=f"{NAME}{function}", Payload=json.dumps(event))
    except functions.exceptions.EFSMountFailureException:
        raise CheckFailed(
            f"`{function}` cannot mount its access point. Is it still there, and does it have `CreationInfo`, "
            "so that EFS can make the directory?"
        ) from None
    except functions.exceptions.EFSMountConnectivityException:
        raise CheckFailed(
            f"`{function}` does not reach the file system; look at the mount targets and at port 2049."
        ) from None
    result = json.load(answer["Payload"])
    error = f"{result['errorType']}: {result['errorMessage']}" if "FunctionError" in answer else ""
    return error, result


def _free(aws: boto3.Session) -> int:
    error, room = _call(aws, "preview")
    if error:
        raise CheckFailed(f"`preview` fails before it has a slide to work on, with {error}")
    return int(room["free"])


@check("tidy", "`preview` leaves nothing in `/tmp`, whether it succeeds or fails")
def tidy(aws: boto3.Session) -> None:
    _config(aws, "preview")
    before = _free(aws)
    error, room = _call(aws, "preview", slide={"name": "check-1", "megabytes": 64})
    if "No space left" in error:
        raise CheckFailed("`/tmp` is full of what `preview` left there; does your function remove the scan?")
    if error:
        raise CheckFailed(f"`preview` fails on a slide of 64 MB, with {error}")
    if not str(room["preview"]).startswith("check-1: preview"):
        raise CheckFailed(f"`preview` answers {room['preview']!r}; your function is to return what `shrink` returns.")
    if before - _free(aws) > SLACK:
        raise CheckFailed(f"{before - _free(aws)} MB stay in `/tmp` after a slide of 64 MB; the scan was not removed.")
    error, _ = _call(aws, "preview", slide={"name": "check-2", "megabytes": 64, "scratched": True})
    if "is scratched" not in error:
        raise CheckFailed(
            "A scratched slide is no error any more; let the exception of `shrink` through to the caller."
        )
    if before - _free(aws) > SLACK:
        raise CheckFailed(
            f"{before - _free(aws)} MB stay in `/tmp` after a scratched slide: the scan is not removed when `shrink` fails."
        )


@check("room", "`preview` has room for the panorama")
def room(aws: boto3.Session) -> None:
    size = _config(aws, "preview")["EphemeralStorage"]["Size"]
    if size < PANORAMA:
        raise CheckFailed(f"`preview` has {size} MB in `/tmp`; the panorama takes {PANORAMA} MB.")
    if size > MOST:
        raise CheckFailed(f"`preview` has {size} MB in `/tmp`, and each invocation pays for it; {MOST} MB is enough.")
    error, _ = _call(aws, "preview", slide={"name": "check-3", "megabytes": PANORAMA})
    if error:
        raise CheckFailed(f"`/tmp` has {size} MB, but the panorama ends in {error}. Is exercise 1 done?")


def _mount(aws: boto3.Session, function: str, path: str) -> dict[str, Any]:
    """Return the access point that a function mounts at a path, where its code looks."""
    config = _config(aws, function)
    mounts = config.get("FileSystemConfigs")
    if not mounts:
        raise CheckFailed(f"`{function}` mounts no file system yet.")
    if mounts[0]["LocalMountPath"] != path:
        raise CheckFailed(f"`{function}` mounts its files at {mounts[0]['LocalMountPath']}; it is to be {path}.")
    archive = config.get("Environment", {}).get("Variables", {}).get("ARCHIVE")
    if archive != path:
        raise CheckFailed(f"`{function}` has its files at {path}, but the variable ARCHIVE says {archive}.")
    efs = aws.client("efs")
    point = mounts[0]["Arn"].rpartition("/")[2]
    try:
        found: dict[str, Any] = efs.describe_access_points(AccessPointId=point)["AccessPoints"][0]
    except efs.exceptions.AccessPointNotFound:
        raise CheckFailed(f"The access point that `{function}` mounts does not exist any more.") from None
    return found


def _root(point: dict[str, Any]) -> str:
    path: str = point.get("RootDirectory", {}).get("Path", "/")
    return path.rstrip("/") or "/"


def _listed(aws: boto3.Session, function: str) -> list[str]:
    error, names = _call(aws, function)
    if error:
        raise CheckFailed(f"`{function}` cannot list its directory: {error}")
    return list(names)


@check("mounted", "`intake` mounts the cards, in both subnets")
def mounted(aws: boto3.Session) -> None:
    point = _mount(aws, "intake", "/mnt/archive")
    if _root(point) != "/cards":
        raise CheckFailed(f"`intake` mounts an access point of the directory {_root(point)}; the cards are in /cards.")
    subnets = set(_config(aws, "intake")["VpcConfig"]["SubnetIds"])
    targets = aws.client("efs").describe_mount_targets(FileSystemId=point["FileSystemId"])["MountTargets"]
    if len(targets) < 2:
        raise CheckFailed("The file system has one mount target; make one in the other subnet's zone, too.")
    if len(subnets) < 2:
        raise CheckFailed(
            "`intake` runs in one subnet only; attach it to both, so that it outlives the loss of a zone."
        )
    _listed(aws, "intake")


@check("shared", "`search` sees the cards of `intake`, at a path of its own")
def shared(aws: boto3.Session) -> None:
    search = _mount(aws, "search", "/mnt/slides")
    intake = _mount(aws, "intake", "/mnt/archive")
    if search["FileSystemId"] != intake["FileSystemId"] or _root(search) != _root(intake):
        raise CheckFailed(
            f"`search` mounts the directory {_root(search)} and `intake` {_root(intake)}; "
            "give `search` an access point of the same directory on the same file system."
        )
    if _listed(aws, "search") != _listed(aws, "intake"):
        raise CheckFailed("`search` and `intake` do not see the same files.")


@check("own-door", "`guest` has a directory that lasts, and sees none of the cards")
def own_door(aws: boto3.Session) -> None:
    guest = _mount(aws, "guest", "/mnt/guests")
    intake = _mount(aws, "intake", "/mnt/archive")
    if guest["FileSystemId"] != intake["FileSystemId"]:
        raise CheckFailed("`guest` mounts another file system; it is to be the one of the cards.")
    names = _listed(aws, "guest")
    if _root(guest) == _root(intake):
        raise CheckFailed("`guest` comes in through a door to /cards and sees them all; give it another access point.")
    if _root(guest) != "/guests":
        raise CheckFailed(
            f"The access point of `guest` leads to the directory {_root(guest)}, where it sees {names}; "
            "let it lead to /guests."
        )
    error, _ = _call(aws, "guest", card="check", text="a note")
    if error:
        raise CheckFailed(
            f"`guest` may not write: {error}. The user of its access point should own the directory, see `CreationInfo`."
        )
