"""Functions that get what is written to a log group: whether they may, and what happens if not.

In LocalStack 2026.3.0 whoever writes a log event gets the error of a delivery that fails, and the other subscriptions
of the group get nothing. Rule:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
"""

from __future__ import annotations

import logging
from typing import Any, Final

from localstack.aws.api.logs import InvalidParameterException
from localstack.aws.connect import connect_to

from localstack_dockerless.permissions.grants import Source, grants

LOG = logging.getLogger(__name__)
PRINCIPAL: Final = "logs.amazonaws.com"


class Connections:
    """Stands where LocalStack makes clients for deliveries.

    Args:
        client: as `connect_to`.
    """

    def __init__(self, **client: Any) -> None:
        self._client = client

    with_assumed_role = staticmethod(connect_to.with_assumed_role)

    def __getattr__(self, service: str) -> Any:
        return getattr(connect_to(**self._client), service)

    @property
    def lambda_(self) -> Any:
        """The client for functions."""
        return _Deliveries(connect_to(**self._client).lambda_)


class _Deliveries:
    """A client whose invocations may fail."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def request_metadata(self, **told: Any) -> _Deliveries:
        return _Deliveries(self._client.request_metadata(**told))

    def invoke(self, **request: Any) -> None:
        try:
            self._client.invoke(**request)
        except Exception:
            LOG.info("log events do not reach %s", request.get("FunctionName"), exc_info=True)


def check(destination: str, group_arn: str) -> None:
    """Refuse a subscription of a function that does not let CloudWatch Logs in.

    Args:
        destination: an ARN.
        group_arn: of the log group.

    Raises:
        InvalidParameterException: see there.
    """
    if ":lambda:" in destination and not grants(destination, Source(PRINCIPAL, f"{group_arn}:*")):
        raise InvalidParameterException(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your "
            "function."
        )
