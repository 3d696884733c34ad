"""What LocalStack's and moto's stores know of resources: full ARNs, tags, networks.

A store is asked only when its service has been loaded: before that it is empty, and loading it would cost memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from localstack.services.iam.models import iam_stores
from localstack.services.plugins import SERVICE_PLUGINS, ServiceState
from localstack.utils.aws.aws_stack import get_valid_regions

REGION = "us-east-1"
"""Where LocalStack keeps what has no region."""


def is_loaded(service: str) -> bool:
    """Whether a service has been used; one that has stays."""
    if service not in _loaded and SERVICE_PLUGINS.get_state(service) == ServiceState.RUNNING:
        _loaded.add(service)
    return service in _loaded


_loaded: set[str] = set()  # to ask LocalStack costs as much as everything else together


def store_of(stores: Any, account: str, region: str) -> Any:
    """A part of what a service keeps; None for accounts and regions that cannot be."""
    if not (re.fullmatch(r"[0-9]{12}", account) and region in get_valid_regions()):
        return None
    return stores[account][region]


def key_arn(name: str, account: str, region: str, partition: str = "aws") -> str:
    """The ARN of a key of KMS by any of its names; of an alias that is missing, the alias's own."""
    here = f"arn:{partition}:kms:{region}:{account}"
    if name.startswith("arn:"):
        alias = name.partition(":alias/")[2]
        if not alias or name.count(":") < 5:  # noqa: PLR2004 - the fields of an ARN
            return name
        _, _, _, region, account, _ = name.split(":", 5)
        return key_arn(f"alias/{alias}", account, region, partition)
    if not name.startswith("alias/"):
        return f"{here}:key/{name}"
    if is_loaded("kms"):
        from localstack.services.kms.models import kms_stores

        store = store_of(kms_stores, account, region)
        if store and (known := store.aliases.get(name)):
            return f"{here}:key/{known.metadata['TargetKeyId']}"
    return f"{here}:{name}"


def secret_arn(name: str, account: str, region: str) -> str:
    """The ARN of a secret by its name, with the six characters at the end; empty when it is missing."""
    return getattr(find_secret(name, account, region), "arn", "")


def find_secret(name: str, account: str, region: str) -> Any:
    """Moto's secret, by name or ARN; None when there is none."""
    if not is_loaded("secretsmanager"):
        return None
    from moto.secretsmanager.models import secretsmanager_backends

    backend = store_of(secretsmanager_backends, account, region)
    secrets = backend.secrets if backend else {}
    bare = name.partition(":secret:")[2] or name
    return secrets.get(bare) or secrets.get(re.sub(r"-[A-Za-z0-9]{6}$", "", bare))


def table(name: str, account: str, region: str) -> Any:
    """Moto's table of DynamoDB, by name or ARN; None when there is none."""
    if not is_loaded("dynamodb"):
        return None
    from moto.dynamodb.models import dynamodb_backends

    fields = name.split(":")
    if len(fields) == 6:  # noqa: PLR2004 - the fields of an ARN
        region, account = fields[3], fields[4]
    backend = store_of(dynamodb_backends, account, region)
    return backend.tables.get(name.rpartition("/")[2]) if backend else None


def vpcs(subnets: Sequence[str], account: str, region: str) -> list[str]:
    """The VPCs that subnets are in."""
    if not is_loaded("ec2"):
        return []
    from moto.ec2.models import ec2_backends

    backend = store_of(ec2_backends, account, region)
    zones = backend.subnets.values() if backend else ()
    return sorted({zone[name].vpc_id for zone in list(zones) for name in subnets if name in zone})


def mapped_function(mapping: str, account: str, region: str) -> str:
    """The ARN of the function of an event source mapping; empty when there is no such mapping."""
    if not is_loaded("lambda"):
        return ""
    from localstack.services.lambda_.invocation.models import lambda_stores

    store = store_of(lambda_stores, account, region)
    found = store.event_source_mappings.get(mapping) if store else None
    return found["FunctionArn"] if found else ""


def entity_arn(kind: str, name: str, account: str) -> str:
    """The ARN of a role, user or group, with its path; empty when it is missing."""
    store = iam_stores[account][REGION]
    if kind == "role":
        return store.ROLES[name].role["Arn"] if name in store.ROLES else ""
    if kind == "user":
        return store.USERS[name].user["Arn"] if name in store.USERS else ""
    return store.GROUPS[name].group["Arn"] if name in store.GROUPS else ""


def tags(arn: str) -> dict[str, str]:
    """The tags of functions, queues and roles, for `aws:ResourceTag`."""
    fields = arn.split(":", 5)
    if len(fields) < 6:  # noqa: PLR2004 - the fields of an ARN
        return {}
    stores = _tagged(fields[2])
    store = store_of(stores, fields[4], fields[3] or REGION) if stores else None
    if not store:
        return {}
    held = store.TAGS if fields[2] == "iam" else store.tags
    return dict(held.get_tags(":".join(arn.split(":")[:7])) or {})


def _tagged(service: str) -> Any:
    if service == "iam":
        return iam_stores
    if service == "lambda" and is_loaded("lambda"):
        from localstack.services.lambda_.invocation.models import lambda_stores

        return lambda_stores
    if service == "sqs" and is_loaded("sqs"):
        from localstack.services.sqs.models import sqs_stores

        return sqs_stores
    return None
