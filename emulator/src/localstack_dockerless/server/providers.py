"""Two of LocalStack's services, with what we change about them put in place when they are first used.

Chosen with `PROVIDER_OVERRIDE_LAMBDA` and `PROVIDER_OVERRIDE_CLOUDWATCH`; loading them at the server's start would cost
every start half a second and every idle server 60 MB.
"""

from __future__ import annotations

import os

from localstack.services import providers
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="lambda", name="dockerless")
def lambda_() -> Service:
    """LocalStack's Lambda."""
    from localstack_dockerless.server import aliases, dead_letters, patches, provisioned, rules, updates, variables

    patches.apply(float(os.environ["DOCKERLESS_TIME_SCALE"]))
    provisioned.apply()
    aliases.apply()
    variables.apply()
    updates.apply()
    dead_letters.apply()
    service = providers.lambda_.factory().create_service()
    provisioned.serve(service)
    rules.apply(service)
    return service


@aws_provider(api="cloudwatch", name="dockerless")
def cloudwatch() -> Service:
    """LocalStack's CloudWatch."""
    from localstack_dockerless.observability import metrics

    metrics.match_dimensions_exactly()
    return providers.cloudwatch.factory().create_service()
