"""The environment variables of the server process, built from nothing.

A learner's own `AWS_*`, `LOCALSTACK_*`, `PYTHON*` and proxy variables must neither break the server nor send it
elsewhere, so only what names the machine and the person is inherited.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from localstack_dockerless import docker_flags
from localstack_dockerless.server.settings import HOST, Settings

_MACHINE = ("PATH", "LD_LIBRARY_PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
_INTERPRETERS = ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME")  # where they are looked for
INHERITED = (*_MACHINE, *_INTERPRETERS, docker_flags.VARIABLE)
OWN_PREFIX = "DOCKERLESS_"
_CHANGED = (
    # LocalStack's own services for which `services/providers.py` has another; those that it lacks need no choice.
    "apigateway",
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "dynamodbstreams",
    "ec2",
    "events",
    "kinesis",
    "lambda",
    "logs",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "stepfunctions",
    "sts",
)


def server_environment(settings: Settings, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Everything the server process finds in its environment."""
    kept = {name: value for name, value in inherited.items() if name in INHERITED or name.startswith(OWN_PREFIX)}
    return {**kept, **_localstack(settings), **_offline(), **_below(settings), **_own(settings)}


def _localstack(settings: Settings) -> dict[str, str]:
    return {
        "GATEWAY_LISTEN": f"{HOST}:{settings.port}",
        # Generated URLs (functions, buckets) carry a host name; localhost.localstack.cloud does not resolve offline.
        "LOCALSTACK_HOST": f"localhost:{settings.port}",
        "RUNTIME_COMPONENTS": "dockerless",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        **{f"PROVIDER_OVERRIDE_{service.upper()}": "dockerless" for service in _CHANGED},
        # An event source mapping that found messages polls again at once; one that found nothing, after up to a second.
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.001",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "1",
        # A stack with a resource type that nothing here can make fails; by default LocalStack makes nothing and succeeds.
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "0",
        "SQS_ENDPOINT_STRATEGY": "path",
        "LS_LOG": "error",
        "PYTHONUNBUFFERED": "1",
    }


def _offline() -> dict[str, str]:
    """No telemetry, no downloads, no look-ups, and nobody's AWS configuration."""
    return {
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BOTO_CONFIG": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _below(settings: Settings) -> dict[str, str]:
    """Each place LocalStack writes to, below the data directory."""
    return {
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": str(settings.data / "root"),
        "TMPDIR": str(settings.data / "tmp"),
        "CONFIG_DIR": str(settings.data / "config"),
        # plux keeps its index of entry points there.
        "XDG_CACHE_HOME": str(settings.data / "cache"),
    }


def _own(settings: Settings) -> dict[str, str]:
    return {
        "DOCKERLESS_PORT": str(settings.port),
        "DOCKERLESS_DATA": str(settings.data),
        "DOCKERLESS_TIME_SCALE": repr(settings.time_scale),
        "DOCKERLESS_NETWORK": settings.network,
    }
