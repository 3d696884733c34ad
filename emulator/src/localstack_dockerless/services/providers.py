"""Every service that this package brings or replaces, by the entry points in `pyproject.toml`.

"default" is the name of a service that LocalStack's free edition lacks; "dockerless" one that is chosen instead of
LocalStack's own (`PROVIDER_OVERRIDE_<SERVICE>` in `server/environment.py`). What a provider needs is imported when it
is first used: loading everything would cost every start seconds and every idle server a hundred megabytes.
"""

from __future__ import annotations

from localstack.services.plugins import Service, aws_provider

from localstack_dockerless.services.moto import service


@aws_provider(api="elbv2", name="default")
def elbv2() -> Service:
    """Load balancers."""
    from localstack_dockerless.services.alb import control

    return service("elbv2", control.handlers())


@aws_provider(api="efs", name="default")
def efs() -> Service:
    """File systems, their mount targets and access points."""
    from localstack_dockerless.services.efs.service import create

    return create()


@aws_provider(api="ec2", name="dockerless")
def ec2() -> Service:
    """Networks, with the interfaces of functions and file systems in them."""
    from localstack.services import providers

    from localstack_dockerless.services.vpc import ec2

    ec2.apply()
    return providers.ec2.factory().create_service()


@aws_provider(api="ecr", name="default")
def ecr() -> Service:
    """Repositories of container images."""
    return service("ecr")


@aws_provider(api="xray", name="default")
def xray() -> Service:
    """Traces."""
    from localstack_dockerless.services.xray import provider

    return provider.create()


@aws_provider(api="apigatewayv2", name="default")
def apigatewayv2() -> Service:
    """HTTP APIs."""
    from localstack_dockerless.services.http.provider import provide

    return provide()


@aws_provider(api="dynamodb", name="dockerless")
def dynamodb() -> Service:
    """Tables, without the Java program that LocalStack downloads."""
    return service("dynamodb")


@aws_provider(api="dynamodbstreams", name="dockerless")
def dynamodbstreams() -> Service:
    """Streams of those tables."""
    return service("dynamodbstreams")


@aws_provider(api="kinesis", name="dockerless")
def kinesis() -> Service:
    """Streams, without a Node process per account."""
    return service("kinesis")


@aws_provider(api="logs", name="dockerless")
def logs() -> Service:
    """LocalStack's logs, with filter patterns that filter, and Insights."""
    from localstack.services.moto import MotoFallbackDispatcher

    from localstack_dockerless.services.logs import provider

    provider.apply()
    return Service.for_provider(provider.Provider(), dispatch_table_factory=MotoFallbackDispatcher)


@aws_provider(api="cloudformation", name="dockerless")
def cloudformation() -> Service:
    """LocalStack's CloudFormation, which fails on what it cannot make."""
    from localstack.services import providers

    from localstack_dockerless.services.cloudformation import provider

    provider.apply()
    return providers.cloudformation_v2.factory().create_service()


@aws_provider(api="stepfunctions", name="dockerless")
def stepfunctions() -> Service:
    """LocalStack's Step Functions, with JSONata in Python."""
    from localstack.services import providers

    from localstack_dockerless.services.stepfunctions import jsonata

    jsonata.apply()  # before anything else of Step Functions is imported
    from localstack_dockerless.services.stepfunctions import errors

    errors.apply()
    return providers.stepfunctions.factory().create_service()
