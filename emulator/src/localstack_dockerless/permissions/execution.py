"""What Lambda does for a function with the function's execution role: write logs and segments, attach it to a VPC.

Rule: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from localstack_dockerless.permissions import keys, switch
from localstack_dockerless.permissions.callers import role_caller
from localstack_dockerless.permissions.calls import Call, Demand
from localstack_dockerless.permissions.enforcement import LOOPBACK, decide
from localstack_dockerless.permissions.resources import EVERYTHING


def may(role: str, function: str, action: str, resource: str = EVERYTHING, region: str = "us-east-1") -> bool:
    """Whether a role allows what Lambda is about to do with it.

    Args:
        role: its ARN.
        function: the function's name, which is the session's.
        action: such as "logs:PutLogEvents".
        resource: an ARN, or "*".
        region: of the request.
    """
    account = role.split(":")[4]
    if not switch.is_on(account):
        return True
    service, _, operation = action.partition(":")
    asking = role_caller(role, function)
    common = keys.of_call(Call(service, operation, {}, account, region), LOOPBACK, "") | asking.keys
    return decide(asking, Demand(action, resource), common).allowed
