"""Services whose requests do not say in one member what they are about."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from localstack_dockerless.permissions import resources, stores
from localstack_dockerless.permissions.calls import Call, Demand, action_of, members
from localstack_dockerless.permissions.matching import Value

_FUNCTION = re.compile(
    r"(?:arn:[\w-]+:lambda:)?(?:(?P<region>[a-z]+-[a-z-]+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?"
)
_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|EXISTS)\b", re.IGNORECASE)
_TABLE = re.compile(r"""\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)"?(?:\."?([\w.-]+)"?)?""", re.IGNORECASE)
_QUEUE = re.compile(r"(?:/queue/(?P<region>[\w-]+))?/(?P<account>\d{12})/(?P<name>[\w.-]+)/?$")


def function_arn(call: Call, name: str, qualifier: str | None) -> str:
    """The ARN of a function that is named in any of Lambda's ways."""
    parts = _FUNCTION.fullmatch(name)
    if not parts:
        return resources.EVERYTHING
    region, account = parts["region"] or call.region, parts["account"] or call.account
    qualifier = qualifier or parts["qualifier"]
    return call.arn(f"lambda:{region}:{account}:function:{parts['name']}" + (f":{qualifier}" if qualifier else ""))


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
    """A queue's URL ends with its account and its name; LocalStack's may have the region before them."""
    url = call.request.get("QueueUrl") or ""
    parts = _QUEUE.search(url)
    if parts:
        region, account, name = parts["region"] or call.region, parts["account"], parts["name"]
        return [Demand(action_of(call), call.arn(f"sqs:{region}:{account}:{name}"))]
    owner, name = call.request.get("QueueOwnerAWSAccountId"), call.request.get("QueueName")
    return [Demand(action_of(call), call.arn(f"sqs:{call.region}:{owner}:{name}"))] if owner and name else None


def _s3(call: Call) -> list[Demand] | None:
    request = call.request
    bucket, key = request.get("Bucket"), request.get("Key")
    if not bucket:
        return [Demand(action_of(call))]
    arn = bucket if bucket.startswith("arn:") else call.arn(f"s3:::{bucket}")
    if call.operation == "DeleteObjects":
        keys = members(request, "Delete.Objects.Key")
        return [Demand("s3:DeleteObject", f"{arn}/{one}") for one in keys] or [Demand("s3:DeleteObject", f"{arn}/*")]
    action = action_of(call)
    if request.get("VersionId") and action in ("s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging"):
        action += "Version"
    return [Demand(action, f"{arn}/{key}" if key else arn), *_with_object(call, f"{arn}/{key}")]


def _with_object(call: Call, arn: str) -> Iterable[Demand]:
    """What writing an object may need on top: its tags, its access list, and reading what is copied."""
    if call.operation not in ("PutObject", "CopyObject", "CreateMultipartUpload", "UploadPartCopy"):
        return
    if call.request.get("Tagging"):
        yield Demand("s3:PutObjectTagging", arn)
    if call.request.get("ACL") or any(value and name.startswith("Grant") for name, value in call.request.items()):
        yield Demand("s3:PutObjectAcl", arn)
    if source := call.request.get("CopySource"):
        text = f"{source['Bucket']}/{source['Key']}" if isinstance(source, Mapping) else str(source)
        yield Demand("s3:GetObject", call.arn(f"s3:::{unquote(text.partition('?')[0]).lstrip('/')}"))


def _dynamodb(call: Call) -> list[Demand] | None:
    request, action = call.request, action_of(call)
    if call.operation in ("BatchGetItem", "BatchWriteItem"):
        tables = request.get("RequestItems") or {}
        return [Demand(action, _table(call, name), {"dynamodb:table": name}) for name in tables]
    if call.operation in ("TransactGetItems", "TransactWriteItems"):
        return [
            Demand(f"dynamodb:{_TRANSACTED[kind]}", _table(call, item.get("TableName") or ""))
            for one in request.get("TransactItems") or ()
            for kind, item in one.items()
            if kind in _TRANSACTED and isinstance(item, Mapping)
        ]
    if call.operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        texts = [*members(request, "Statement"), *members(request, "Statements.Statement")]
        return [_statement(call, text) for text in [*texts, *members(request, "TransactStatements.Statement")]]
    if request.get("IndexName") and request.get("TableName"):
        return [Demand(action, f"{_table(call, request['TableName'])}/index/{request['IndexName']}")]
    if call.operation in ("GetRecords", "ListStreams") and not request.get("StreamArn"):
        # moto's iterators begin with the ARN of their stream.
        stream = (request.get("ShardIterator") or "").partition("|")[0]
        return [Demand(action, stream if stream.startswith("arn:") else _table(call, "*/stream/*"))]
    return None


_TRANSACTED: Final = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _table(call: Call, name: str) -> str:
    return name if name.startswith("arn:") else call.arn(f"dynamodb:{call.region}:{call.account}:table/{name}")


def _statement(call: Call, text: str) -> Demand:
    """PartiQL; a statement that cannot be read is DynamoDB's to refuse."""
    verb, table = _STATEMENT.match(text), _TABLE.search(text)
    name = (verb[1].capitalize() if verb else "Select").replace("Exists", "Select")
    resource = _table(call, table[1] if table else "*")
    return Demand(f"dynamodb:PartiQL{name}", f"{resource}/index/{table[2]}" if table and table[2] else resource)


def _logs(call: Call) -> list[Demand] | None:
    request = call.request
    group = request.get("logGroupName") or request.get("logGroupIdentifier")
    if not group:
        return None
    arn = group if group.startswith("arn:") else call.arn(f"logs:{call.region}:{call.account}:log-group:{group}")
    stream = request.get("logStreamName")
    # A log group's own actions are asked with nothing behind the last colon; policies say ":*" for both.
    named = stream if stream and call.operation in _OF_STREAMS else ""
    return [Demand(action_of(call), f"{arn.removesuffix(':*')}:log-stream:{named}")]


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
    name = call.request.get("SecretId") or call.request.get("Name")
    if not isinstance(name, str):
        return None
    arn = stores.secret_arn(name, call.account, call.region) or call.arn(
        f"secretsmanager:{call.region}:{call.account}:secret:{name}"
    )
    return [Demand(action_of(call), arn, {"secretsmanager:secretid": arn})]


def _iam(call: Call) -> list[Demand] | None:
    """Roles and users may have a path, which their names lack."""
    for member, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        name = call.request.get(member)
        if isinstance(name, str) and (arn := stores.entity_arn(kind, name, call.account)):
            return [Demand(action_of(call), arn)]
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
    if call.operation == "GetRecords" and not call.request.get("StreamARN"):
        return [Demand(action_of(call), _iterated(call))]
    return None


def _iterated(call: Call) -> str:
    """The stream of a shard iterator, which moto makes of its name."""
    with contextlib.suppress(ValueError, AttributeError):
        name = base64.b64decode(call.request.get("ShardIterator") or "").decode().partition(":")[0]
        return call.arn(f"kinesis:{call.region}:{call.account}:stream/{name}")
    return call.arn(f"kinesis:{call.region}:{call.account}:stream/*")


SPECIAL: Final[dict[str, Callable[[Call], list[Demand] | None]]] = {
    "lambda": _lambda,
    "s3": _s3,
    "sqs": _sqs,
    "dynamodb": _dynamodb,
    "logs": _logs,
    "kms": _kms,
    "secretsmanager": _secretsmanager,
    "iam": _iam,
    "sts": _sts,
    "apigateway": _apigateway,
    "events": _events,
    "kinesis": _kinesis,
}
"""By IAM's prefix; what gives None leaves it to the tables."""
