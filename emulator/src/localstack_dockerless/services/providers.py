"""Every service that this package brings or changes, by the entry points in `pyproject.toml`.

"default" is the name of a service that LocalStack's free edition lacks; "dockerless" one that is chosen instead of
LocalStack's own (`PROVIDER_OVERRIDE_<SERVICE>` in `server/environment.py`). What a provider needs is imported, and what it
changes put in place, when it is first used: loading everything would cost every start seconds and every idle server a
hundred megabytes.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from localstack.services import providers
from localstack.services.plugins import Service, aws_provider


def _time_scale() -> float:
    return float(os.environ["DOCKERLESS_TIME_SCALE"])


@aws_provider(api="lambda", name="dockerless")
def lambda_() -> Service:
    """LocalStack's Lambda."""
    from localstack_dockerless.server import (
        aliases,
        dead_letters,
        layers,
        logging,
        packages,
        patches,
        policies,
        provisioned,
        rules,
        scaling,
        updates,
        variables,
    )
    from localstack_dockerless.services import container_images, efs, mappings, network, queues, vpc
    from localstack_dockerless.services.http import invoke_stream, urls
    from localstack_dockerless.services.iam import roles

    patches.apply(_time_scale())
    mappings.apply(_time_scale())
    queues.look_often()
    for part in (
        packages,
        layers,
        provisioned,
        scaling,
        aliases,
        variables,
        updates,
        dead_letters,
        logging,
        vpc,
        network,
        efs,
        container_images,
        urls,
        policies,
        invoke_stream,
        roles,
    ):
        part.apply()
    service = providers.lambda_.factory().create_service()
    provisioned.serve(service)
    policies.serve(service)
    rules.apply(service)
    return service


@aws_provider(api="apigateway", name="dockerless")
def apigateway() -> Service:
    """LocalStack's REST APIs."""
    from localstack_dockerless.services.http import rest

    rest.apply()
    return providers.apigateway.factory().create_service()


@aws_provider(api="apigatewayv2", name="default")
def apigatewayv2() -> Service:
    """HTTP APIs."""
    from localstack_dockerless.services.http.provider import provide

    return provide()


@aws_provider(api="elbv2", name="default")
def elbv2() -> Service:
    """Load balancers."""
    from localstack_dockerless.services.alb import control
    from localstack_dockerless.services.moto import service

    return service("elbv2", control.handlers())


@aws_provider(api="ec2", name="dockerless")
def ec2() -> Service:
    """Networks, with the interfaces of functions and file systems in them."""
    from localstack_dockerless.services.vpc import ec2, endpoints

    ec2.apply()
    endpoints.apply()
    return providers.ec2.factory().create_service()


@aws_provider(api="efs", name="default")
def efs() -> Service:
    """File systems, their mount targets and access points."""
    from localstack_dockerless.services.efs.service import create

    return create()


@aws_provider(api="ecr", name="default")
def ecr() -> Service:
    """Repositories of container images."""
    from localstack_dockerless.services.ecr import control, manifests
    from localstack_dockerless.services.moto import service

    control.apply()
    return service("ecr", control.HANDLERS, manifests.LOCK)


@aws_provider(api="s3", name="dockerless")
def s3() -> Service:
    """LocalStack's S3, with its notifications corrected, and its files among the server's own.

    LocalStack keeps them in one place below `/tmp` for all servers of a machine, which then delete each other's buckets.
    """
    from localstack.services.s3 import provider

    from localstack_dockerless.services import notifications, objects

    objects.keep_what_cannot_be_replaced()
    vars(provider)["DEFAULT_S3_TMP_DIR"] = str(Path(tempfile.gettempdir()) / "s3")
    notifications.correct_buckets()
    return providers.s3.factory().create_service()


@aws_provider(api="events", name="dockerless")
def events() -> Service:
    """LocalStack's EventBridge, with its schedules corrected, and what its targets do not take kept."""
    from localstack_dockerless.services import notifications, undelivered

    notifications.correct_rules()
    undelivered.keep_events()
    return providers.events.factory().create_service()


@aws_provider(api="sns", name="dockerless")
def sns() -> Service:
    """LocalStack's SNS, which counts what it cannot deliver."""
    from localstack_dockerless.services import undelivered

    undelivered.count_notifications()
    return providers.sns.factory().create_service()


@aws_provider(api="sqs", name="dockerless")
def sqs() -> Service:
    """LocalStack's SQS, with messages that come back in time."""
    from localstack_dockerless.services import queues

    queues.look_often()
    return providers.sqs.factory().create_service()


@aws_provider(api="sts", name="dockerless")
def sts() -> Service:
    """LocalStack's STS, which keeps what a session is limited to."""
    from localstack_dockerless.services.iam import sessions

    sessions.apply()
    return providers.sts.factory().create_service()


@aws_provider(api="scheduler", name="dockerless")
def scheduler() -> Service:
    """Schedules, which LocalStack keeps but does not fire."""
    from localstack_dockerless.services.scheduler import schedules

    return schedules(_time_scale())


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


@aws_provider(api="cloudwatch", name="dockerless")
def cloudwatch() -> Service:
    """LocalStack's CloudWatch."""
    from localstack_dockerless.observability import cloudwatch

    cloudwatch.apply(_time_scale())
    return providers.cloudwatch.factory().create_service()


@aws_provider(api="logs", name="dockerless")
def logs() -> Service:
    """LocalStack's logs, with filter patterns that filter, and Insights."""
    from localstack.services.moto import MotoFallbackDispatcher

    from localstack_dockerless.services.logs import provider

    provider.apply()
    return Service.for_provider(provider.Provider(), dispatch_table_factory=MotoFallbackDispatcher)


@aws_provider(api="xray", name="default")
def xray() -> Service:
    """Traces."""
    from localstack_dockerless.services.xray import provider

    return provider.create()


@aws_provider(api="cloudformation", name="dockerless")
def cloudformation() -> Service:
    """LocalStack's CloudFormation, which fails on what it cannot make."""
    from localstack_dockerless.services.cloudformation import operations, provider

    provider.apply()
    service = providers.cloudformation_v2.factory().create_service()
    operations.serve(service)
    return service


@aws_provider(api="stepfunctions", name="dockerless")
def stepfunctions() -> Service:
    """LocalStack's Step Functions, with JSONata in Python."""
    from localstack_dockerless.services.stepfunctions import jsonata

    jsonata.apply()  # before anything else of Step Functions is imported
    from localstack_dockerless.services.stepfunctions import errors, roles

    errors.apply()
    roles.apply()
    return providers.stepfunctions.factory().create_service()
