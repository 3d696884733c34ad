"""Kinesis data streams: moto's, with what a program or a function would notice corrected."""

from __future__ import annotations

from localstack.services.plugins import Service

from localstack_dockerless.services.kinesis import reading, shards, subscriptions
from localstack_dockerless.services.moto import service


def streams() -> Service:
    """The service kinesis."""
    shards.apply()
    reading.apply()
    subscriptions.apply()
    return service("kinesis", {**reading.HANDLERS, **subscriptions.HANDLERS}, shards.LOCK)
