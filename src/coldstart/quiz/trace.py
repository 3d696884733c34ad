"""Run the code of trace items: what it returned or logged is what their key must say.

It talks to Lambda by boto3, like a lab: ``AWS_ENDPOINT_URL`` says where. Tests compare every trace item with what this shows.
"""

import base64
import io
import json
import re
import zipfile
from typing import Any, Final

import boto3

from coldstart.quiz.model import Trace

ROLE: Final = "coldstart-trace-items"
_PLATFORM = re.compile(r"^(START RequestId|END RequestId|REPORT RequestId|INIT_START|INIT_REPORT|XRAY TraceId)\b")
_STAMPED = re.compile(r"^\[(\w+)\]\t\d{4}-\S+Z\t[0-9a-f-]{36}\t")


def observe(item: Trace) -> list[str]:
    """Run an item's code in one execution environment, and return what it showed.

    Args:
        item: Its events are invoked one after the other.

    Returns:
        For ``returns`` one text for each event: the JSON that came back, or the type of the error.
        For ``logs`` the lines that the function wrote, without the platform's; of a logged line the level and the message.
    """
    functions = boto3.client("lambda")
    name = f"trace-{item.id}"
    _create(functions, name, item)
    try:
        answers = [_invoke(functions, name, event) for event in item.events]
    finally:
        functions.delete_function(FunctionName=name)
    return [line for returned, lines in answers for line in (lines if item.shows == "logs" else [returned])]


def _create(functions: Any, name: str, item: Trace) -> None:
    settings = {"Runtime": "python3.13", "Handler": f"{item.path.stem}.handler", **item.settings}
    functions.create_function(FunctionName=name, Role=_role(), Code={"ZipFile": _package(item)}, **settings)
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


def _invoke(functions: Any, name: str, event: str) -> tuple[str, list[str]]:
    answer = functions.invoke(FunctionName=name, Payload=event, LogType="Tail")
    returned = json.loads(answer["Payload"].read() or "null")
    failed = "FunctionError" in answer
    text = returned.get("errorType", "error") if failed else json.dumps(returned, ensure_ascii=False)
    return text, _lines(base64.b64decode(answer["LogResult"]).decode())


def _lines(log: str) -> list[str]:
    """Return what the function wrote: of a line by ``logging`` the level and the message."""
    written = [line for line in log.splitlines() if line.strip() and not _PLATFORM.match(line)]
    return [_STAMPED.sub(r"[\1] ", line) for line in written]


def _package(item: Trace) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.write(item.path, item.path.name)
    return archive.getvalue()


def _role() -> str:
    iam = boto3.client("iam")
    try:
        return str(iam.get_role(RoleName=ROLE)["Role"]["Arn"])
    except iam.exceptions.NoSuchEntityException:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return str(iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy)["Role"]["Arn"])
