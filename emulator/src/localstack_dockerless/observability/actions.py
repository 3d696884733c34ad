"""What an alarm does when its state changes.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.cloudwatch import provider_v2
from localstack.utils.patch import Patch, Patches

LOG = logging.getLogger(__name__)
PRINCIPAL = "lambda.alarms.cloudwatch"
"""Before ".amazonaws.com", in the policies of functions."""


class Actions:
    """Stands where LocalStack makes a client for an action.

    It invokes functions synchronously, with the lock of all alarms held; by name, which loses the version or alias; and
    an action that fails keeps the following ones from being taken.

    Args:
        client: as `connect_to`.
    """

    def __init__(self, **client: Any) -> None:
        self._client = client
        self.sns = self.lambda_ = self

    def publish(self, **message: Any) -> None:
        """To a topic."""
        _try(lambda: connect_to(**self._client).sns.publish(**message))

    def invoke(self, **request: Any) -> None:
        """A function, asynchronously."""
        alarm = json.loads(request["Payload"]).get("alarmArn") or ""
        _try(lambda: self._lambda(alarm).invoke(InvocationType="Event", **request))

    def _lambda(self, alarm: str) -> Any:
        return connect_to(**self._client).lambda_.request_metadata(service_principal=PRINCIPAL, source_arn=alarm)


def add_to(patches: Patches) -> None:
    """Correct LocalStack's CloudWatch."""
    patches.add(Patch(provider_v2, "connect_to", Actions))
    patches.add(Patch(provider_v2, "lambda_function_name", lambda arn: arn))


def _try(action: Callable[[], Any]) -> None:
    try:
        action()
    except Exception:
        LOG.warning("an action of an alarm failed", exc_info=True)
