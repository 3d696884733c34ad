"""The examples of the chapter on the Runtime API need a role, and archives whose scripts can be executed."""

import io
import time
import zipfile
from pathlib import Path

import boto3

from common import role

functions, logs = boto3.client("lambda"), boto3.client("logs")
payments_role = role(
    "payments-role",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
)


def executable(*files):
    """Return an archive of files whose names may differ in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for source, name in files:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o755 << 16
            target.writestr(info, Path(source).read_bytes())
    return archive.getvalue()


def lines(group, wanted):
    """Return the lines of a log group once one of them has the text."""
    while True:
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        found = [event["message"].strip() for event in events]
        if any(wanted in line for line in found):
            return found
        time.sleep(0.1)
