"""Every service that this package brings or replaces, by the entry points in `pyproject.toml`.

"default" is the name of a service that LocalStack's free edition lacks; "dockerless" one that is chosen instead of
LocalStack's own (`PROVIDER_OVERRIDE_<SERVICE>` in `server/environment.py`). What a provider needs is imported when it
is first used: loading everything would cost every start seconds and every idle server a hundred megabytes.
"""

from __future__ import annotations

import os

from localstack.services import providers
from localstack.services.plugins import Service, aws_provider

from localstack_dockerless.services.moto import service


@aws_provider(api="elbv2", name="default")
def elbv2() -> Service:
    """Load balancers."""
    return service("elbv2")


@aws_provider(api="efs", name="default")
def efs() -> Service:
    """File systems, their mount targets and access points."""
    return service("efs")


@aws_provider(api="ecr", name="default")
def ecr() -> Service:
    """Repositories of container images."""
    return service("ecr")


@aws_provider(api="xray", name="default")
def xray() -> Service:
    """Traces."""
    return service("xray")


@aws_provider(api="apigatewayv2", name="default")
def apigatewayv2() -> Service:
    """HTTP APIs."""
    return service("apigatewayv2")


@aws_provider(api="dynamodb", name="dockerless")
def dynamodb() -> Service:
    """Tables, without the Java program that LocalStack downloads."""
    from localstack_dockerless.services.dynamodb import tables

    return tables()


@aws_provider(api="dynamodbstreams", name="dockerless")
def dynamodbstreams() -> Service:
    """Streams of those tables."""
    from localstack_dockerless.services.dynamodb import table_streams

    return table_streams()


@aws_provider(api="kinesis", name="dockerless")
def kinesis() -> Service:
    """Streams, without a Node process per account."""
    from localstack_dockerless.services.kinesis import streams

    return streams()


@aws_provider(api="scheduler", name="dockerless")
def scheduler() -> Service:
    """Schedules, which LocalStack keeps but does not fire."""
    from localstack_dockerless.services.scheduler import schedules

    return schedules(float(os.environ["DOCKERLESS_TIME_SCALE"]))


@aws_provider(api="s3", name="dockerless")
def s3() -> Service:
    """LocalStack's S3, with its notifications corrected."""
    from localstack_dockerless.services import notifications

    notifications.correct_buckets()
    return providers.s3.factory().create_service()


@aws_provider(api="events", name="dockerless")
def events() -> Service:
    """LocalStack's EventBridge, with its schedules corrected."""
    from localstack_dockerless.services import notifications

    notifications.correct_rules()
    return providers.events.factory().create_service()
