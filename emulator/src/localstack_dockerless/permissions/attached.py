"""What LocalStack's and moto's stores know of resources: their policies, owners, tags and full ARNs.

A store is asked only when its service has been loaded: before that it is empty, and loading it would cost memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from localstack.services.iam.models import iam_stores
from localstack.services.plugins import SERVICE_PLUGINS, ServiceState
from localstack.utils.aws.aws_stack import get_valid_regions

from localstack_dockerless.permissions.documents import Kind, MalformedPolicyDocumentError, Policy, parse

REGION = "us-east-1"


@dataclass(frozen=True)
class Resource:
    """What decides about a resource besides the caller's policies.

    Args:
        account: its owner; empty when nobody knows.
        policy: its own; None when it has none.
        must_allow: whether the caller's policies are not enough.
    """

    account: str
    policy: Policy | None = None
    must_allow: bool = False


def resource(arn: str, action: str) -> Resource:
    """Look up a resource.

    Args:
        arn: its ARN, or "*".
        action: for roles, whose trust policy is about being assumed only.
    """
    fields = arn.split(":", 5)
    if len(fields) < 6:  # noqa: PLR2004 - the fields of an ARN
        return Resource("")
    account = fields[4] if re.fullmatch(r"[0-9]{12}", fields[4]) else ""
    finder = FINDERS.get(fields[2])
    if not finder or (fields[2] != "iam" and not _is_loaded(fields[2])):
        return Resource(account)
    return finder(account, fields[3], fields[5], action)


def _is_loaded(service: str) -> bool:
    """Whether a service has been used; one that has stays."""
    if service not in _loaded and SERVICE_PLUGINS.get_state(service) == ServiceState.RUNNING:
        _loaded.add(service)
    return service in _loaded


_loaded: set[str] = set()  # to ask LocalStack costs as much as everything else together


def _store(stores: Any, account: str, region: str) -> Any:
    """A part of what a service keeps; None for accounts and regions that cannot be."""
    if not (re.fullmatch(r"[0-9]{12}", account) and region in get_valid_regions()):
        return None
    return stores[account][region]


@lru_cache(maxsize=512)
def _read(document: str, kind: Kind, name: str) -> Policy | None:
    """A stored policy; what is none says nothing."""
    try:
        return parse(document, kind, name)
    except MalformedPolicyDocumentError:
        return None


def _bucket(_account: str, _region: str, rest: str, _action: str) -> Resource:
    from localstack.services.s3.models import s3_stores

    name = rest.partition("/")[0]
    store = s3_stores["000000000000"][REGION]
    owner = store.global_bucket_map.get(name, "")
    bucket = s3_stores[owner][REGION].buckets.get(name) if owner else None
    if not bucket:
        return Resource("")
    policy = bucket.policy
    document = policy if isinstance(policy, str) else json.dumps(policy) if policy else ""
    return Resource(owner, _read(document, "resource", f"the policy of bucket {name}") if document else None)


def _queue(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.sqs.models import sqs_stores

    store = _store(sqs_stores, account, region)
    queue = store.queues.get(rest) if store else None
    attributes: Any = queue.attributes if queue else {}
    document = attributes.get("Policy")
    return Resource(account, _read(document, "resource", f"the policy of queue {rest}") if document else None)


def _topic(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.sns.models import sns_stores

    name = rest.partition(":")[0]
    store = _store(sns_stores, account, region)
    topic = store.topics.get(f"arn:aws:sns:{region}:{account}:{name}") if store else None
    document = topic["attributes"].get("Policy") if topic else ""
    return Resource(account, _read(document, "resource", f"the policy of topic {name}") if document else None)


def _key(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.kms.models import kms_stores

    store = _store(kms_stores, account, region)
    key = store.keys.get(rest.removeprefix("key/")) if store else None
    if not key:
        return Resource(account)
    return Resource(account, _read(key.policy, "resource", f"the policy of key {rest}"), must_allow=True)


def _function(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.lambda_.invocation.models import lambda_stores

    kind, _, name = rest.partition(":")
    name, _, qualifier = name.partition(":")
    store = _store(lambda_stores, account, region) if kind == "function" else None
    function = store.functions.get(name) if store else None
    held = function.permissions.get(qualifier or "$LATEST") if function else None
    if not held:
        return Resource(account)
    document = json.dumps({"Version": held.policy.Version, "Statement": held.policy.Statement})
    return Resource(account, _read(document, "resource", f"the policy of function {rest}"))


def _secret(account: str, region: str, rest: str, _action: str) -> Resource:
    secret = _find_secret(rest.removeprefix("secret:"), account, region)
    document = getattr(secret, "policy", None)
    return Resource(account, _read(document, "resource", "the policy of the secret") if document else None)


def _role(account: str, _region: str, rest: str, action: str) -> Resource:
    if not action.startswith("sts:"):
        return Resource(account)
    if not account:
        return Resource("")
    document = trust_document(iam_stores[account][REGION].ROLES.get(rest.rpartition("/")[2]), rest)
    policy = _read(document, "trust", f"the trust policy of {rest}") if document else None
    return Resource(account, policy, must_allow=True)


def trust_document(entity: Any, rest: str) -> str:
    """Who may assume a role: its policy as JSON; empty for a role that is missing, or has another path."""
    if entity is None or entity.role["Arn"].split(":", 5)[5] != rest:
        return ""
    return unquote(entity.role["AssumeRolePolicyDocument"])


FINDERS: Final[dict[str, Callable[[str, str, str, str], Resource]]] = {
    "s3": _bucket,
    "sqs": _queue,
    "sns": _topic,
    "kms": _key,
    "lambda": _function,
    "secretsmanager": _secret,
    "iam": _role,
}
"""By service, as ARNs name it; takes account, region, the rest of the ARN, and the action."""


def key_arn(name: str, account: str, region: str, partition: str = "aws") -> str:
    """The ARN of a key of KMS by any of its names; of an alias that is missing, the alias's own."""
    here = f"arn:{partition}:kms:{region}:{account}"
    if name.startswith("arn:"):
        alias = name.partition(":alias/")[2]
        if not alias:
            return name
        _, _, _, region, account, _ = name.split(":", 5)
        return key_arn(f"alias/{alias}", account, region, partition)
    if not name.startswith("alias/"):
        return f"{here}:key/{name}"
    if _is_loaded("kms"):
        from localstack.services.kms.models import kms_stores

        store = _store(kms_stores, account, region)
        if store and (known := store.aliases.get(name)):
            return f"{here}:key/{known.metadata['TargetKeyId']}"
    return f"{here}:{name}"


def secret_arn(name: str, account: str, region: str) -> str:
    """The ARN of a secret by its name, with the six characters at the end; empty when it is missing."""
    return getattr(_find_secret(name, account, region), "arn", "")


def _find_secret(name: str, account: str, region: str) -> Any:
    if not _is_loaded("secretsmanager"):
        return None
    from moto.secretsmanager.models import secretsmanager_backends

    backend = _store(secretsmanager_backends, account, region)
    secrets = backend.secrets if backend else {}
    bare = name.partition(":secret:")[2] or name
    return secrets.get(bare) or secrets.get(re.sub(r"-[A-Za-z0-9]{6}$", "", bare))


def table(name: str, account: str, region: str) -> Any:
    """Moto's table of DynamoDB, by name or ARN; None when there is none."""
    if not _is_loaded("dynamodb"):
        return None
    from moto.dynamodb.models import dynamodb_backends

    fields = name.split(":")
    if len(fields) == 6:  # noqa: PLR2004 - the fields of an ARN
        region, account = fields[3], fields[4]
    backend = _store(dynamodb_backends, account, region)
    return backend.tables.get(name.rpartition("/")[2]) if backend else None


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
    store = _store(stores, fields[4], fields[3] or REGION) if stores else None
    if not store:
        return {}
    held = store.TAGS if fields[2] == "iam" else store.tags
    return dict(held.get_tags(":".join(arn.split(":")[:7])) or {})


def _tagged(service: str) -> Any:
    if service == "iam":
        return iam_stores
    if service == "lambda" and _is_loaded("lambda"):
        from localstack.services.lambda_.invocation.models import lambda_stores

        return lambda_stores
    if service == "sqs" and _is_loaded("sqs"):
        from localstack.services.sqs.models import sqs_stores

        return sqs_stores
    return None
