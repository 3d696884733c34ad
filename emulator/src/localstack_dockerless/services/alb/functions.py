"""The Lambda side of a target: whether the function exists, may be invoked, and the invocation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from localstack.services.plugins import SERVICE_PLUGINS

from localstack_dockerless.permissions.grants import Source, grants
from localstack_dockerless.server.lane import Invoke

PRINCIPAL = "elasticloadbalancing.amazonaws.com"
ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):function:"
    r"(?P<name>[A-Za-z0-9_-]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)


@dataclass(frozen=True)
class Target:
    """A function as a target names it: by the ARN of the function, of a version or of an alias."""

    arn: str
    region: str
    account: str
    name: str
    qualifier: str | None

    @classmethod
    def of(cls, arn: str) -> Target | None:
        """Take an ARN apart; None when it is not a function's."""
        match = ARN.fullmatch(arn)
        return cls(arn, **match.groupdict()) if match else None

    def exists(self) -> bool:
        """Whether the function, and the version or alias if one is named, is there."""
        function = self._function()
        return function is not None and (
            self.qualifier in (None, "$LATEST")
            or self.qualifier in function.versions
            or self.qualifier in function.aliases
        )

    def allows(self, target_group: str) -> bool:
        """Whether the policy of the function, version or alias lets load balancers invoke it from this target group.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#prepare-lambda-function
        """
        return grants(self.arn, Source(PRINCIPAL, target_group))

    def _function(self) -> Any:
        from localstack.services.lambda_.invocation.models import lambda_stores

        return lambda_stores[self.account][self.region].functions.get(self.name)

    def invoke(self, event: bytes, trace: str = "") -> Any:
        """Invoke the function and wait.

        Past LocalStack's gateway and client, as both ends are in this process.

        Args:
            event: JSON.
            trace: the value of X-Amzn-Trace-Id.

        Returns:
            The response of Invoke.

        Raises:
            ServiceException: as Invoke does.
        """
        headers = {"x-amzn-trace-id": trace, "user-agent": PRINCIPAL}
        request = Invoke(self.arn, None, self.account, self.region, headers)
        service: Any = SERVICE_PLUGINS.get_service("lambda")
        context = request.context(str(uuid4()))
        return service._provider.invoke(context, function_name=self.arn, payload=BytesIO(event))
