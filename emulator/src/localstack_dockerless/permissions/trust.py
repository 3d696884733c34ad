"""Which services may assume a role: its trust policy.

Rule: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from localstack_dockerless.permissions import attached, principals, switch
from localstack_dockerless.permissions.engine import Policies, Request, evaluate


def may_assume(service: str, role_arn: str, source: str = "") -> bool:
    """Whether a role exists and trusts a service.

    Args:
        service: such as "lambda.amazonaws.com".
        role_arn: the role, with its path.
        source: the ARN of the resource that the service works for, if it says so.
    """
    account = role_arn.split(":")[4]
    if not switch.is_on(account):
        return True
    policy = attached.resource(role_arn, "sts:AssumeRole").policy
    context = {"aws:sourceaccount": account, "aws:principalisawsservice": "true"}
    if source:
        context["aws:sourcearn"] = source
    asked = Request(principals.service(service), "sts:AssumeRole", role_arn, account, context)
    return evaluate(asked, Policies(resource=policy)).allowed
