"""DynamoDB and its streams: moto's, with what a program or a function would notice corrected."""

from __future__ import annotations

import threading

from localstack.services.plugins import Service

from localstack_dockerless.services.dynamodb import answers, records, streams
from localstack_dockerless.services.moto import service

LOCK = threading.RLock()
"""One for both services: a stream's records are read from the table that writes them."""


def tables() -> Service:
    """The service dynamodb."""
    records.apply()
    answers.apply()
    return service("dynamodb", answers.HANDLERS, LOCK)


def table_streams() -> Service:
    """The service dynamodbstreams."""
    records.apply()
    return service("dynamodbstreams", streams.HANDLERS, LOCK)
