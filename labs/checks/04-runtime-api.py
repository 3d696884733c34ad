"""Checks of lab 04."""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

SHELL, GREETING = "coldstart-04-shell", "coldstart-04-greeting"
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
SECONDS = 30  # until a line of the log is surely there; on AWS they take some


def _configuration(aws: boto3.Session, name: str, exercise: int) -> dict[str, Any]:
    """Return a function's configuration."""
    functions = aws.client("lambda")
    try:
        found: dict[str, Any] = functions.get_function_configuration(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {name} yet, which exercise {exercise} is about.") from None
    return found


def _variables(aws: boto3.Session) -> dict[str, str]:
    """Return the variables of the function in Python."""
    variables: dict[str, str] = _configuration(aws, GREETING, 2).get("Environment", {}).get("Variables", {})
    return variables


def _invoke(aws: boto3.Session, name: str, event: dict[str, Any]) -> tuple[str, Any, str]:
    """Invoke a function, and return the kind of its error, if any, its answer and the request's id."""
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    error = answer.get("FunctionError", "")
    return error, json.load(answer["Payload"]), answer["ResponseMetadata"]["RequestId"]


def _serves(aws: boto3.Session, name: str) -> dict[str, Any]:
    """Invoke a function, which must not fail, and return its answer."""
    error, answer, _ = _invoke(aws, name, {"name": "Ada"})
    if error:
        raise CheckFailed(f"A call of {name} ends in {answer.get('errorType')}: {answer.get('errorMessage')}")
    if not isinstance(answer, dict):
        raise CheckFailed(
            f"{name} answers {answer!r}, which is not what its handler returns; is another package in it?"
        )
    return answer


def _notes(aws: boto3.Session) -> list[dict[str, Any]]:
    """Return what the extension wrote down, in order of time."""
    logs = aws.client("logs")
    try:
        pages = list(
            logs.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/{GREETING}", filterPattern='"watcher"'
            )
        )
    except logs.exceptions.ResourceNotFoundException:
        return []
    lines = [event["message"] for page in pages for event in page["events"]]
    notes = [json.loads(line) for line in lines if line.startswith('{"who": "watcher"')]
    return sorted(notes, key=lambda note: float(note["at"]))


def _eventually(found: Callable[[], bool]) -> bool:
    """Return whether something is found before the time is up."""
    end = time.monotonic() + SECONDS
    while not found():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _told(aws: boto3.Session, request: str) -> list[str]:
    """Return the kinds of the events that the extension got, from that of a request on."""
    notes = [note for note in _notes(aws) if note["what"] in ("INVOKE", "SHUTDOWN")]
    requests = [note.get("requestId") for note in notes]
    return [note["what"] for note in notes[requests.index(request) :]] if request in requests else []


@check("shell-runtime", "A shell script serves `coldstart-04-shell`")
def shell_runtime(aws: boto3.Session) -> None:
    configuration = _configuration(aws, SHELL, 1)
    if configuration.get("Runtime") != "provided.al2023":
        raise CheckFailed(
            f"The function's runtime is `{configuration.get('Runtime')}`; the OS-only one is `provided.al2023`."
        )
    if configuration.get("Handler") != "greet.handler":
        raise CheckFailed(
            f"The function's handler is `{configuration.get('Handler')}`; the script needs `greet.handler`, "
            "which it takes apart into the file `greet.sh` and the function `handler`."
        )
    answer = _serves(aws, SHELL)
    if answer.get("event") != {"name": "Ada"} or "lambda-runtime-aws-request-id" not in answer.get("headers", ""):
        raise CheckFailed("The function answers, but not what `greet.sh` does; is the folder `shell` its package?")


@check("own-runtime", "Your `runtime.py` serves `coldstart-04-greeting`")
def own_runtime(aws: boto3.Session) -> None:
    configuration = _configuration(aws, GREETING, 2)
    if not str(configuration.get("Runtime")).startswith("python"):
        raise CheckFailed(
            f"The runtime is now `{configuration.get('Runtime')}`, where there is no Python and no wrapper script; "
            "keep `python3.13` and set a variable."
        )
    wrapper = _variables(aws).get(WRAPPER)
    if not wrapper:
        raise CheckFailed(f"AWS's client still serves the function: its variable `{WRAPPER}` is not set.")
    error, answer, _ = _invoke(aws, GREETING, {"name": "Ada"})
    if error:
        raise CheckFailed(
            f"With `{WRAPPER}` as `{wrapper}` a call ends in {answer.get('errorType')}: {answer.get('errorMessage')} "
            "The package is in `/var/task`, and its script is called `start`."
        )
    if answer.get("context") != "__main__":
        raise CheckFailed(
            f"`{wrapper}` starts, but the context comes from {answer.get('context')}, not from `runtime.py`."
        )


@check("error-reported", "An exception reaches the caller under its own name")
def error_reported(aws: boto3.Session) -> None:
    if not _variables(aws).get(WRAPPER):
        raise CheckFailed(
            "Your runtime does not serve the function, so there is nothing to report; do exercise 2 first."
        )
    error, answer, _ = _invoke(aws, GREETING, {"name": ""})
    if not error:
        raise CheckFailed("The error was posted as if it were a response: the caller sees a success. Mind the path.")
    if not isinstance(answer, dict):
        raise CheckFailed(
            "The caller gets a text, not an object: return the body as a `dict`; `runtime.py` makes JSON of it."
        )
    kind = answer.get("errorType")
    if kind in ("Runtime.ExitError", "Runtime.Unknown"):
        raise CheckFailed(
            f"The caller sees {kind}: `report` is not in the package, it failed, or Lambda refused its post. "
            "The function's log has the traceback."
        )
    if kind != "ValueError":
        raise CheckFailed(f"`errorType` is {kind!r}; it is to be the exception's class name, ValueError.")
    if answer.get("errorMessage") != "a guest without a name":
        raise CheckFailed(f"`errorMessage` is {answer.get('errorMessage')!r}; it is to be the exception's own text.")
    if not isinstance(answer.get("stackTrace"), list):
        raise CheckFailed("The body has no list as `stackTrace`; an empty one will do.")
    if _serves(aws, GREETING)["count"] < 2:
        raise CheckFailed("The error is reported, but the process ended afterwards: the next call began with INIT.")


@check("extension-sees-invoke", "The extension is told of every invocation")
def extension_sees_invoke(aws: boto3.Session) -> None:
    layers = [layer["Arn"] for layer in _configuration(aws, GREETING, 4).get("Layers", [])]
    if not any(":layer:coldstart-04-watcher:" in layer for layer in layers):
        raise CheckFailed("The function has no version of the layer `coldstart-04-watcher`; publish and attach it.")
    error, answer, request = _invoke(aws, GREETING, {"name": "Ada"})
    if error:
        raise CheckFailed(f"With the layer, a call ends in {answer.get('errorType')}: {answer.get('errorMessage')}")
    if not _eventually(lambda: bool(_told(aws, request))):
        raise CheckFailed(
            f"The log has no INVOKE event of the watcher for a call {SECONDS} s ago. In the layer's archive "
            "the program must be `extensions/watcher`, so package the folder `layer`."
        )


@check("extension-sees-shutdown", "The extension is told when an environment ends")
def extension_sees_shutdown(aws: boto3.Session) -> None:
    variables = _variables(aws)
    watched = variables.get("WATCH", "").split(",")
    if any(word != word.strip() for word in watched):
        raise CheckFailed("`WATCH` has a space in it, which gets into the name of an event; write `INVOKE,SHUTDOWN`.")
    if "SHUTDOWN" not in watched:
        raise CheckFailed("The extension does not register for SHUTDOWN: the variable `WATCH` does not name it.")
    if "INVOKE" not in watched:
        raise CheckFailed("`WATCH` names SHUTDOWN alone; the extension is to see INVOKE too.")
    if not variables.get(WRAPPER):
        raise CheckFailed(f"`WATCH` is right, but `{WRAPPER}` is gone: an update replaces all variables, so name both.")
    _, answer, request = _invoke(aws, GREETING, {"exit": 1})
    _serves(aws, GREETING)  # the next call brings the last lines of the environment that ended
    if not _eventually(lambda: "SHUTDOWN" in _told(aws, request)):
        raise CheckFailed(
            f"The runtime ended ({answer.get('errorMessage')}), but within {SECONDS} s the watcher wrote no SHUTDOWN event. "
            "The layer must still be attached."
        )
