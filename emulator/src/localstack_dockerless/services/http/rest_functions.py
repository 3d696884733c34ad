"""By what right a REST API invokes a function: by the function's policy, or with the role in the integration's credentials.

LocalStack 2026.3.0 keeps the credentials of a role for ever, and hands the client what Lambda answers where a function
does not let API Gateway in. Rule:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.connect import connect_to
from localstack.services.apigateway.next_gen.execute_api.gateway_response import IntegrationFailureError
from localstack.services.apigateway.next_gen.execute_api.helpers import get_source_arn
from localstack.services.apigateway.next_gen.execute_api.integrations import aws
from localstack.services.apigateway.next_gen.execute_api.integrations.aws import (
    RestApiAwsIntegration,
    RestApiAwsProxyIntegration,
)
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services.http.functions import Function, FunctionFailed


def add_to(patches: Patches) -> None:
    """Correct LocalStack's integrations."""
    original = RestApiAwsProxyIntegration.call_lambda

    def call(function_arn: str, event: bytes, source_arn: str, credentials: str | None = None) -> bytes:
        function = Function.of(function_arn)
        if not (credentials and function):
            return original(function_arn, event, source_arn)
        try:
            function.act_with(credentials, source_arn)
        except ClientError as refused:
            refused.response["Error"]["Code"] = "AccessDeniedException"  # which becomes 500; STS's own would be 502
            raise
        client = connect_to(region_name=function.region).lambda_
        return client.invoke(FunctionName=function_arn, Payload=event)["Payload"].read()

    patches.add(Patch(RestApiAwsProxyIntegration, "call_lambda", staticmethod(call)))
    patches.add(Patch(aws, "get_internal_mocked_headers", aws.get_internal_mocked_headers.__wrapped__))
    patches.function(RestApiAwsIntegration.invoke, _invoke)


def _invoke(original: Any, integration: Any, context: Any) -> Any:
    function = Function.of(context.integration_request["uri"])
    try:
        if function and not context.integration.get("credentials"):
            function.let_in(get_source_arn(context))
        return original(integration, context)
    except (ClientError, FunctionFailed) as error:
        raise IntegrationFailureError("Internal server error", status_code=500) from error
