"""Requests of services, which come through the gateway like all others: for themselves, or with a role they were given.

LocalStack's services say in a header who they are and for which resource they work. Without a role, it is the function
that decides; with one, the role's policies do, as they stand now: services keep a role's credentials for long.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.services.sts.models import sts_stores
from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

from localstack_dockerless.permissions import callers, grants, refusals, special, switch
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.enforcement import check_call
from localstack_dockerless.permissions.stores import REGION
from localstack_dockerless.permissions.trust import may_assume

OF_LAMBDA: Final = frozenset(
    {
        # With an execution role Lambda reads sources and sends to destinations. Whatever else it asks, it would not on AWS.
        *("ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "GetQueueAttributes"),
        *("GetRecords", "GetShardIterator", "DescribeStream", "ListShards"),
        *("SendMessage", "SendMessageBatch", "Publish", "Invoke", "PutEvents", "PutObject"),
    }
)
LAMBDA: Final = "lambda"


def enforce(_chain: Any, context: Any, _response: Any) -> None:
    """A handler of LocalStack's chain, once the request has been parsed.

    Raises:
        CommonServiceException: the role may not do this, or cannot be assumed, or the function does not let the service in.
    """
    told = context.internal_request_params
    if told is None or context.service is None or context.operation is None:
        return
    access_key = extract_access_key_id_from_auth_header(context.request.headers) or ""
    service = str(told.get("service_principal") or "")
    if session := sts_stores[context.account_id][REGION].credentials.get(access_key):
        _with_a_role(context, session, service)
    elif service and context.operation.name == "AssumeRole" and service != LAMBDA:
        _assume(context, f"{service}.amazonaws.com")
    elif service and context.service.service_name == "lambda" and context.operation.name == "Invoke":
        _invoke(context, grants.Source(f"{service}.amazonaws.com", _source(service, str(told.get("source_arn") or ""))))


def _source(service: str, arn: str) -> str:
    """Log groups have a star at the end where they are the source."""
    return f"{arn}:*" if service == "logs" and not arn.endswith(":*") else arn


def _with_a_role(context: Any, session: Any, service: str) -> None:
    asking = callers.of_lasting_session(session) if switch.is_on(context.account_id) else None
    if asking and (service != LAMBDA or context.operation.name in OF_LAMBDA):
        check_call(context, asking)


def _assume(context: Any, service: str) -> None:
    role = str((context.service_request or {}).get("RoleArn") or "")
    if role.count(":") > 4 and not may_assume(service, role):  # noqa: PLR2004 - what is no ARN is STS's to refuse
        words = f"User: {service} is not authorized to perform: sts:AssumeRole on resource: {role}"
        raise CommonServiceException("AccessDenied", words, refusals.FORBIDDEN, sender_fault=True)


def _invoke(context: Any, source: grants.Source) -> None:
    request = context.service_request or {}
    call = Call("lambda", "Invoke", request, context.account_id, context.region, context.partition or "aws")
    function = special.function_arn(call, request.get("FunctionName") or "", request.get("Qualifier"))
    if function.count(":") > 5 and not grants.grants(function, source):  # noqa: PLR2004 - what is no ARN is Lambda's to refuse
        words = (
            f"User: {source.service} is not authorized to perform: {grants.INVOKE} on resource: {function} "
            f"because no resource-based policy allows the {grants.INVOKE} action"
        )
        raise CommonServiceException("AccessDeniedException", words, refusals.FORBIDDEN, sender_fault=True)
