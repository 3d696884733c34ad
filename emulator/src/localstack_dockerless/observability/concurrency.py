"""How many environments are at work, as Lambda counts them.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack.services.lambda_.invocation.counting_service import (
    CountingService,
    calculate_provisioned_concurrency_sum,
)
from localstack.services.lambda_.invocation.models import lambda_stores

from localstack_dockerless.observability.metrics import Regional


def of_function(counts: CountingService, identifier: Any) -> int:
    """Environments of all versions, on demand and provisioned; at least the one that asks."""
    on_demand, provisioned = _counts(counts, identifier)
    function = identifier.unqualified_arn()
    of_versions = (count for arn, count in provisioned.items() if arn.rpartition(":")[0] == function)
    return max(1, on_demand.get(function, 0) + sum(of_versions))


def of_version(counts: CountingService, identifier: Any) -> int:
    """Provisioned environments of a version."""
    return _counts(counts, identifier)[1].get(identifier.qualified_arn(), 0)


def of_region(counts: CountingService, identifier: Any) -> Regional:
    """All functions of the account in the region."""
    on_demand, provisioned = _counts(counts, identifier)
    unreserved = allocated = 0
    for function in list(lambda_stores[identifier.account][identifier.region].functions.values()):
        if function.reserved_concurrent_executions is not None:
            allocated += function.reserved_concurrent_executions  # what is provisioned is a part of it
        else:
            allocated += calculate_provisioned_concurrency_sum(function)
            unreserved += on_demand.get(function.latest().id.unqualified_arn(), 0)
    at_work = sum(on_demand.values()) + sum(provisioned.values())
    return Regional(max(1, at_work), unreserved, unreserved + allocated)


def _counts(counts: CountingService, identifier: Any) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """By ARN, copied at once: other threads count on."""
    scope = identifier.account, identifier.region
    trackers = counts.on_demand_concurrency_trackers.get(scope), counts.provisioned_concurrency_trackers.get(scope)
    on_demand, provisioned = (dict(tracker.concurrent_executions) if tracker else {} for tracker in trackers)
    return on_demand, provisioned
