"""Some of LocalStack's services, with what we change about them put in place when they are first used.

Chosen with `PROVIDER_OVERRIDE_LAMBDA` and the like; loading them at the server's start would cost
every start half a second and every idle server 60 MB.
"""

from __future__ import annotations

import os

from localstack.services import providers
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="lambda", name="dockerless")
def lambda_() -> Service:
    """LocalStack's Lambda."""
    from localstack_dockerless.server import aliases, logging, patches, variables
    from localstack_dockerless.services import efs, vpc
    from localstack_dockerless.services.http import invoke_stream, urls

    patches.apply(float(os.environ["DOCKERLESS_TIME_SCALE"]))
    aliases.apply()
    variables.apply()
    vpc.apply()
    efs.apply()
    urls.apply()
    invoke_stream.apply()
    logging.apply()
    return providers.lambda_.factory().create_service()


@aws_provider(api="apigateway", name="dockerless")
def apigateway() -> Service:
    """LocalStack's REST APIs."""
    from localstack_dockerless.services.http import rest

    rest.apply()
    return providers.apigateway.factory().create_service()


@aws_provider(api="cloudwatch", name="dockerless")
def cloudwatch() -> Service:
    """LocalStack's CloudWatch."""
    from localstack_dockerless.observability import cloudwatch

    cloudwatch.apply()
    return providers.cloudwatch.factory().create_service()
