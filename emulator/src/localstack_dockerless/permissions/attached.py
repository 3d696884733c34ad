"""The policies of resources, and who owns them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from localstack.services.iam.models import iam_stores

from localstack_dockerless.permissions.documents import Kind, MalformedPolicyDocumentError, Policy, parse
from localstack_dockerless.permissions.stores import REGION, find_secret, is_loaded, store_of


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
    if not finder or (fields[2] != "iam" and not is_loaded(fields[2])):
        return Resource(account)
    return finder(account, fields[3], fields[5], action)


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

    store = store_of(sqs_stores, account, region)
    queue = store.queues.get(rest) if store else None
    attributes: Any = queue.attributes if queue else {}
    document = attributes.get("Policy")
    return Resource(account, _read(document, "resource", f"the policy of queue {rest}") if document else None)


def _topic(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.sns.models import sns_stores

    name = rest.partition(":")[0]
    store = store_of(sns_stores, account, region)
    topic = store.topics.get(f"arn:aws:sns:{region}:{account}:{name}") if store else None
    document = topic["attributes"].get("Policy") if topic else ""
    return Resource(account, _read(document, "resource", f"the policy of topic {name}") if document else None)


def _key(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.kms.models import kms_stores

    store = store_of(kms_stores, account, region)
    key = store.keys.get(rest.removeprefix("key/")) if store else None
    if not key:
        return Resource(account)
    return Resource(account, _read(key.policy, "resource", f"the policy of key {rest}"), must_allow=True)


def _function(account: str, region: str, rest: str, _action: str) -> Resource:
    from localstack.services.lambda_.invocation.models import lambda_stores

    kind, _, name = rest.partition(":")
    name, _, qualifier = name.partition(":")
    store = store_of(lambda_stores, account, region)
    if kind == "layer" and store and name in store.layers:
        return Resource(account, _layer(store.layers[name].layer_versions.get(qualifier), rest))
    store = store if kind == "function" else None
    function = store.functions.get(name) if store else None
    held = function.permissions.get(qualifier or "$LATEST") if function else None
    if not held:
        return Resource(account)
    document = json.dumps({"Version": held.policy.Version, "Statement": held.policy.Statement})
    return Resource(account, _read(document, "resource", f"the policy of function {rest}"))


def _layer(version: Any, rest: str) -> Policy | None:
    """Of a version of a layer: whom it is shared with."""
    shared = version.policy.statements.values() if version and version.policy else ()
    document = json.dumps({"Statement": [_sharing(one) for one in shared]})
    return _read(document, "resource", f"the policy of {rest}") if shared else None


def _sharing(one: Any) -> dict[str, Any]:
    organization = {"StringEquals": {"aws:PrincipalOrgID": one.organization_id}} if one.organization_id else {}
    principal = "*" if one.principal == "*" else {"AWS": one.principal}
    allowed = {"Effect": "Allow", "Action": one.action, "Resource": "*", "Principal": principal}
    return allowed | ({"Condition": organization} if organization else {})


def _secret(account: str, region: str, rest: str, _action: str) -> Resource:
    secret = find_secret(rest.removeprefix("secret:"), account, region)
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
