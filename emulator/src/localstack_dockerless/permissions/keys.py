"""Condition keys: what a request says about itself.

Global keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html; those of services:
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from localstack_dockerless.permissions import stores
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.matching import Value

OF_REQUESTS: Final[dict[str, dict[str, str]]] = {
    # service (IAM's prefix): the key, and the member of the request, that is its value
    "lambda": {
        "lambda:functionurlauthtype": "FunctionUrlAuthType",
        "lambda:principal": "Principal",
        "lambda:layer": "Layers",
        "lambda:subnetids": "VpcConfig.SubnetIds",
        "lambda:securitygroupids": "VpcConfig.SecurityGroupIds",
        "lambda:codesigningconfigarn": "CodeSigningConfigArn",
    },
    "s3": {
        "s3:prefix": "Prefix",
        "s3:delimiter": "Delimiter",
        "s3:max-keys": "MaxKeys",
        "s3:versionid": "VersionId",
        "s3:x-amz-acl": "ACL",
        "s3:x-amz-server-side-encryption": "ServerSideEncryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
        "s3:x-amz-storage-class": "StorageClass",
        "s3:x-amz-copy-source": "CopySource",
        "s3:locationconstraint": "CreateBucketConfiguration.LocationConstraint",
    },
    "sns": {"sns:protocol": "Protocol", "sns:endpoint": "Endpoint"},
    "dynamodb": {
        "dynamodb:select": "Select",
        "dynamodb:returnvalues": "ReturnValues",
        "dynamodb:returnconsumedcapacity": "ReturnConsumedCapacity",
    },
    "iam": {
        "iam:policyarn": "PolicyArn",
        "iam:permissionsboundary": "PermissionsBoundary",
        "iam:awsservicename": "AWSServiceName",
    },
    "sts": {
        "sts:externalid": "ExternalId",
        "sts:rolesessionname": "RoleSessionName",
        "sts:sourceidentity": "SourceIdentity",
        "sts:transitivetagkeys": "TransitiveTagKeys",
    },
    "secretsmanager": {"secretsmanager:versionstage": "VersionStage", "secretsmanager:name": "Name"},
    "ssm": {"ssm:recursive": "Recursive", "ssm:overwrite": "Overwrite"},
    "cloudwatch": {"cloudwatch:namespace": "Namespace"},
    "kms": {"kms:encryptionalgorithm": "EncryptionAlgorithm", "kms:keyspec": "KeySpec", "kms:aliasname": "AliasName"},
    "ec2": {"ec2:vpcid": "VpcId", "ec2:subnetid": "SubnetId", "ec2:instancetype": "InstanceType"},
    "states": {"states:statemachinequalifier": "Qualifier"},
}
_PATHS: Final = {
    service: [(key, path.split(".")) for key, path in members.items()] for service, members in OF_REQUESTS.items()
}
_EXPRESSIONS: Final = tuple(
    f"{name}Expression" for name in ("Projection", "Update", "Condition", "Filter", "KeyCondition")
)
_KEYED: Final = (
    *("Key", "Item", "AttributesToGet", "AttributeUpdates", "Expected", "KeyConditions", "QueryFilter", "ScanFilter"),
)
"""Members of DynamoDB's requests that have attributes by name."""
_ATTRIBUTE = re.compile(r"(?<![\w.:#])(?:#[\w-]+|[A-Za-z_]\w*)\b(?!\s*\()")
"""The first word of a path in an expression: no value, no function."""
_KEYWORDS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})
_EQUALS = re.compile(r"\s*([#\w.-]+)\s*=\s*(:[\w.-]+)")


def of_call(call: Call, address: str, agent: str, now: datetime | None = None) -> dict[str, Value]:
    """The global keys, and those of the service that stand in the request as they are.

    Args:
        call: the request.
        address: of the client.
        agent: its User-Agent.
        now: the time, in UTC; the present if not given.
    """
    now = now or datetime.now(UTC)
    keys: dict[str, Value] = {
        "aws:sourceip": address,
        # The server speaks plain HTTP where AWS's SDKs speak HTTPS; a policy that insists on it shall not deny everything.
        "aws:securetransport": "true",
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now.timestamp())),
        "aws:requestedregion": call.region,
        "aws:viaawsservice": "false",
    }
    if agent:
        keys["aws:useragent"] = agent
    keys |= dict(_members(call))
    return keys | _request_tags(call.request) | _OF_SERVICES.get(call.prefix, lambda _call: {})(call)


def _members(call: Call) -> Iterable[tuple[str, Value]]:
    for key, path in _PATHS.get(call.prefix, ()):
        value: Any = call.request
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if (text := _text(value)) is not None:
            yield key, text


def _text(value: Any) -> Value | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value) if isinstance(value, str | int | float) else None


def _request_tags(request: Mapping[str, Any]) -> dict[str, Value]:
    """`aws:RequestTag/...` and `aws:TagKeys`, of whichever shape the service gives its tags."""
    given = next((value for name, value in request.items() if name.lower() == "tags" and value), None)
    if isinstance(given, Mapping):
        pairs = dict(given)
    else:
        listed = [tag for tag in given if isinstance(tag, Mapping)] if isinstance(given, list) else []
        pairs = {tag.get("Key") or tag.get("key"): tag.get("Value") or tag.get("value") or "" for tag in listed}
    removed = request.get("TagKeys") or request.get("tagKeys") or []
    names = [str(name) for name in [*pairs, *removed] if name]
    tags: dict[str, Value] = {f"aws:requesttag/{str(name).lower()}": str(value) for name, value in pairs.items()}
    return tags | ({"aws:tagkeys": names} if names else {})


def _of_items(call: Call) -> dict[str, Value]:
    """`dynamodb:LeadingKeys` and `dynamodb:Attributes`.

    Rule: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    keys: dict[str, Value] = {}
    if leading := [value for request in _by_table(call) for value in _leading(call, *request)]:
        keys["dynamodb:leadingkeys"] = leading
    if attributes := list(dict.fromkeys(name for part in _parts(call) for name in _attributes(call.request, part))):
        keys["dynamodb:attributes"] = attributes
    return keys


def _by_table(call: Call) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The requests for items that a request consists of, with their tables."""
    request = call.request
    if isinstance(request.get("TableName"), str):
        yield request["TableName"], request
    for table, parts in (request.get("RequestItems") or {}).items():
        if isinstance(parts, Mapping):
            yield from ((table, {"Key": key}) for key in parts.get("Keys") or ())
            continue
        for part in parts:
            yield from ((table, one) for one in part.values() if isinstance(one, Mapping))
    for part in request.get("TransactItems") or ():
        yield from (
            (one["TableName"], one) for one in part.values() if isinstance(one, Mapping) and one.get("TableName")
        )


def _leading(call: Call, table: str, request: Mapping[str, Any]) -> Iterable[str]:
    name = _hash_key(table, call, request.get("IndexName"))
    found = [(request.get(member) or {}).get(name) for member in ("Key", "Item")]
    condition = (request.get("KeyConditions") or {}).get(name) or {}
    found += condition.get("AttributeValueList") or []
    found.append(_compared(request, name))
    for value in found:
        if isinstance(value, Mapping) and value:
            yield str(next(iter(value.values())))


def _compared(request: Mapping[str, Any], name: str) -> Any:
    names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
    for attribute, placeholder in _EQUALS.findall(request.get("KeyConditionExpression") or ""):
        if names.get(attribute, attribute) == name:
            return values.get(placeholder)
    return None


def _hash_key(table: str, call: Call, index: str | None) -> str:
    found = stores.table(table, call.account, call.region)
    if not found:
        return ""
    for one in [*found.indexes, *found.global_indexes] if index else ():
        if one.name == index:
            return str(next(key["AttributeName"] for key in one.schema if key["KeyType"] == "HASH"))
    return str(found.hash_key_attr)


def _parts(call: Call) -> Iterable[Mapping[str, Any]]:
    """The request, and what a batch or a transaction consists of."""
    yield call.request
    yield from (part for part in (call.request.get("RequestItems") or {}).values() if isinstance(part, Mapping))
    yield from (part for _, part in _by_table(call))


def _attributes(request: Mapping[str, Any], part: Mapping[str, Any]) -> Iterable[str]:
    """Top-level attributes, as keys or in expressions."""
    names = part.get("ExpressionAttributeNames") or request.get("ExpressionAttributeNames") or {}
    for member in _EXPRESSIONS:
        found = _ATTRIBUTE.findall(str(part.get(member) or ""))
        yield from (names.get(name, name) for name in found if name.upper() not in _KEYWORDS)
    for member in _KEYED:
        yield from part.get(member) or ()


def _of_networks(call: Call) -> dict[str, Value]:
    """`lambda:VpcIds`: the VPC of the subnets that a function is attached to."""
    subnets = (call.request.get("VpcConfig") or {}).get("SubnetIds") or []
    vpcs = stores.vpcs(subnets, call.account, call.region) if subnets else []
    return {"lambda:vpcids": vpcs} if vpcs else {}


_OF_SERVICES: Final[dict[str, Callable[[Call], dict[str, Value]]]] = {"dynamodb": _of_items, "lambda": _of_networks}
"""Keys that take more than a look at the request."""
