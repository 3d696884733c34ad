"""Services whose requests do not say in one member what they are about."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from localstack_dockerless.permissions import objects, resources, stores, tables
from localstack_dockerless.permissions.calls import Call, Demand, action_of, members
from localstack_dockerless.permissions.matching import Value

_REFERENCE = "/aws/reference/secretsmanager"
"""What names of parameters begin with that stand for secrets; LocalStack takes any character for the slash behind."""


def function_arn(call: Call, name: str, qualifier: str | None) -> str:
    """The ARN of a function that is named in any of Lambda's ways, as the service will read it."""
    from localstack.services.lambda_.api_utils import function_locators_from_arn

    bare, own, account, region = function_locators_from_arn(name)
    if not bare:
        return resources.EVERYTHING
    rest = f":{qualifier or own}" if qualifier or own else ""
    return call.arn(f"lambda:{region or call.region}:{account or call.account}:function:{bare}{rest}")


def _lambda(call: Call) -> list[Demand] | None:
    request = call.request
    if call.operation == "CreateEventSourceMapping":
        named = function_arn(call, request.get("FunctionName") or "", None)
        return [Demand(action_of(call), keys={"lambda:functionarn": named})]
    if mapping := request.get("UUID"):
        arn = call.arn(f"lambda:{call.region}:{call.account}:event-source-mapping:{mapping}")
        function = stores.mapped_function(mapping, call.account, call.region)
        return [Demand(action_of(call), arn, {"lambda:functionarn": function} if function else {})]
    if (layer := request.get("LayerName")) and request.get("VersionNumber"):
        rest = f"{layer}:{request['VersionNumber']}"
        arn = rest if layer.startswith("arn:") else call.arn(f"lambda:{call.region}:{call.account}:layer:{rest}")
        return [Demand(action_of(call), arn)]
    name = request.get("FunctionName") or request.get("ResourceArn")
    if not name or (call.prefix, call.operation) in resources.OF_ALL:
        return None
    arn = function_arn(call, name, request.get("Qualifier"))
    keys = {"lambda:functionarn": arn}
    layers = request.get("Layers") if call.operation in ("CreateFunction", "UpdateFunctionConfiguration") else None
    return [Demand(action_of(call), arn, keys), *(Demand("lambda:GetLayerVersion", layer) for layer in layers or ())]


def _sqs(call: Call) -> list[Demand] | None:
    """The queue that a URL means to the service; what is no URL is a name."""
    if url := call.request.get("QueueUrl"):
        from localstack.services.sqs.utils import parse_queue_url

        with contextlib.suppress(ValueError):
            account, region, name = parse_queue_url(url)
            return [Demand(action_of(call), call.arn(f"sqs:{region or call.region}:{account}:{name}"))]
    owner, queue = call.request.get("QueueOwnerAWSAccountId"), call.request.get("QueueName")
    return [Demand(action_of(call), call.arn(f"sqs:{call.region}:{owner}:{queue}"))] if owner and queue else None


def _logs(call: Call) -> list[Demand] | None:
    """The groups here that a request names: of an ARN nothing but the name counts."""
    request = call.request
    groups = [group.removesuffix(":*").rpartition(":")[2] for name in _GROUPS for group in members(request, name)]
    stream = request.get("logStreamName")
    # A log group's own actions are asked with nothing behind the last colon; policies say ":*" for both.
    named = stream if stream and call.operation in _OF_STREAMS else ""
    here = call.arn(f"logs:{call.region}:{call.account}:log-group")
    return [Demand(action_of(call), f"{here}:{group}:log-stream:{named}") for group in groups] or None


_GROUPS: Final = ("logGroupName", "logGroupIdentifier", "logGroupNames", "logGroupIdentifiers")
_OF_STREAMS: Final = {"PutLogEvents", "GetLogEvents", "DeleteLogStream", "CreateLogStream"}


def _kms(call: Call) -> list[Demand] | None:
    keys = {f"kms:encryptioncontext:{k.lower()}": v for k, v in (call.request.get("EncryptionContext") or {}).items()}
    # LocalStack's ciphertext begins with the id of its key.
    source = bytes(call.request.get("CiphertextBlob") or b"")[:36].decode("latin-1")
    if call.operation == "ReEncrypt":
        return [
            Demand("kms:ReEncryptFrom", _key(call, call.request.get("SourceKeyId") or source)),
            Demand("kms:ReEncryptTo", _key(call, call.request.get("DestinationKeyId"))),
        ]
    return [
        Demand(
            action_of(call), _key(call, call.request.get("KeyId") or call.request.get("TargetKeyId") or source), keys
        )
    ]


def _key(call: Call, name: str | None) -> str:
    return stores.key_arn(name, call.account, call.region, call.partition) if name else resources.EVERYTHING


def _secretsmanager(call: Call) -> list[Demand] | None:
    if call.operation == "BatchGetSecretValue":
        names = members(call.request, "SecretIdList")
        found = [_secret(call, "secretsmanager:GetSecretValue", name) for name in names]
        # With filters nobody knows which ones it will be.
        return [Demand(action_of(call)), *(found or [Demand("secretsmanager:GetSecretValue")])]
    name = call.request.get("SecretId") or call.request.get("Name")
    return [_secret(call, action_of(call), name)] if isinstance(name, str) else None


def _secret(call: Call, action: str, name: str) -> Demand:
    arn = stores.secret_arn(name, call.account, call.region) or call.arn(
        f"secretsmanager:{call.region}:{call.account}:secret:{name}"
    )
    return Demand(action, arn, {"secretsmanager:secretid": arn})


def _ssm(call: Call) -> list[Demand] | None:
    """Some parameters stand for secrets, which have to be allowed, too."""
    names = [*members(call.request, "Name"), *members(call.request, "Names")]
    secrets = [name.partition(_REFERENCE)[2][1:] for name in names if _REFERENCE in name]
    if not secrets:
        return None
    named = resources.named(call.prefix, call.operation, call.request, call.place)
    reads = (_secret(call, "secretsmanager:GetSecretValue", secret) for secret in secrets)
    return [*(Demand(action_of(call), one) for one in named), *reads]


def _iam(call: Call) -> list[Demand] | None:
    """Roles and users may have a path, which their names lack; members of a group are the group's, and roles in a profile the profile's."""
    if call.operation in ("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"):
        return None
    kinds = (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group"))
    for member, kind in kinds[::-1] if call.operation in ("AddUserToGroup", "RemoveUserFromGroup") else kinds:
        name = call.request.get(member)
        if isinstance(name, str):
            new = call.arn(f"iam::{call.account}:{kind}{call.request.get('Path') or '/'}{name}")
            return [Demand(action_of(call), stores.entity_arn(kind, name, call.account) or new)]
    return None


def _sts(call: Call) -> list[Demand] | None:
    """A session with tags or a source identity needs the role's permission for these, too."""
    role, request = call.request.get("RoleArn"), call.request
    if not role:
        return None
    extra = {"sts:TagSession": request.get("Tags"), "sts:SetSourceIdentity": request.get("SourceIdentity")}
    return [Demand(action_of(call), role), *(Demand(action, role) for action, given in extra.items() if given)]


def _apigateway(call: Call) -> list[Demand]:
    return [Demand(f"apigateway:{call.method}", call.arn(f"apigateway:{call.region}::{call.path}"))]


def _events(call: Call) -> list[Demand] | None:
    request, here = call.request, f"events:{call.region}:{call.account}"
    if call.operation == "PutEvents":
        return [
            Demand("events:PutEvents", _bus(call, entry.get("EventBusName")), _event_keys(entry))
            for entry in request.get("Entries") or ()
        ]
    rule = request.get("Rule") or (request.get("Name") if call.operation.endswith("Rule") else None)
    if rule:
        bus = (request.get("EventBusName") or "default").rpartition("/")[2]
        return [Demand(action_of(call), call.arn(f"{here}:rule/{rule if bus == 'default' else f'{bus}/{rule}'}"))]
    bus = request.get("EventBusName") or (request.get("Name") if call.operation.endswith("EventBus") else None)
    return [Demand(action_of(call), _bus(call, bus))] if bus else None


def _event_keys(entry: Mapping[str, Any]) -> dict[str, Value]:
    named = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
    return {key: value for key, value in named.items() if value}


def _bus(call: Call, name: str | None) -> str:
    name = name or "default"
    return name if name.startswith("arn:") else call.arn(f"events:{call.region}:{call.account}:event-bus/{name}")


def _kinesis(call: Call) -> list[Demand] | None:
    """Of a name and an ARN, or of an iterator and an ARN, moto takes the first: both have to be allowed."""
    arn, name = call.request.get("StreamARN"), call.request.get("StreamName")
    if call.operation == "GetRecords":
        meant = _iterated(call)
    elif arn and name:
        meant = call.arn(f"kinesis:{call.region}:{call.account}:stream/{name}")
    else:
        return None
    return [Demand(action_of(call), one) for one in dict.fromkeys([meant, arn or meant])]


def _iterated(call: Call) -> str:
    """The stream of a shard iterator, which moto makes of its name."""
    with contextlib.suppress(ValueError, AttributeError):
        name = base64.b64decode(call.request.get("ShardIterator") or "").decode().partition(":")[0]
        return call.arn(f"kinesis:{call.region}:{call.account}:stream/{name}")
    return call.arn(f"kinesis:{call.region}:{call.account}:stream/*")


SPECIAL: Final[dict[str, Callable[[Call], list[Demand] | None]]] = {
    "lambda": _lambda,
    "s3": objects.demands,
    "sqs": _sqs,
    "dynamodb": tables.demands,
    "logs": _logs,
    "kms": _kms,
    "secretsmanager": _secretsmanager,
    "ssm": _ssm,
    "iam": _iam,
    "sts": _sts,
    "apigateway": _apigateway,
    "events": _events,
    "kinesis": _kinesis,
}
"""By IAM's prefix; what gives None leaves it to the tables."""
