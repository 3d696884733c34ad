"""Dates of functions are universal time, wherever the machine is; found with the AWS CLI's `create-function`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from functions import ECHO, deploy


def test_a_server_in_another_time_zone_gives_universal_time_to_the_millisecond(another_server):
    server = another_server()
    server.start(env={**os.environ, "TZ": "Asia/Tokyo"})
    client = server.client("lambda")
    name = deploy(client, ECHO)
    shown = client.get_function_configuration(FunctionName=name)["LastModified"]
    assert len(shown) == len("2019-08-14T22:26:11.234+0000")
    assert is_now(datetime.strptime(shown, "%Y-%m-%dT%H:%M:%S.%f%z"))
    made = client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    assert is_now(made["LastModified"])


def is_now(at):
    return abs(datetime.now(UTC) - at) < timedelta(minutes=30)
