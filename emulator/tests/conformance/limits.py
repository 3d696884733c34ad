"""What Lambda's API takes and refuses, as data: for each rule a value on either side of the limit, and AWS's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

ROLE = "arn:aws:iam::000000000000:role/test"
QUEUE = "arn:aws:sqs:us-east-1:640000000001:none"
LAYER = "arn:aws:lambda:us-east-1:640000000001:layer:none:1"
SUBNETS = [f"subnet-{number:017x}" for number in range(17)]
GROUPS = [f"sg-{number:017x}" for number in range(6)]
CREATE, CONFIGURE = "CreateFunction", "UpdateFunctionConfiguration"
VALIDATION, PARAMETER = "ValidationException", "InvalidParameterValueException"

BASES: dict[str, dict[str, Any]] = {
    # Requests that end in another refusal when the rule at hand lets them pass.
    CREATE: {
        "FunctionName": "never",
        "Runtime": "python3.13",
        "Handler": "a.b",
        "Role": ROLE,
        "Code": {"ZipFile": b"no archive"},
    },
    CONFIGURE: {"FunctionName": "missing"},
    "UpdateFunctionCode": {"FunctionName": "missing", "ZipFile": b"no archive"},
    "PublishVersion": {"FunctionName": "missing"},
    "CreateAlias": {"FunctionName": "missing", "Name": "live", "FunctionVersion": "1"},
    "UpdateAlias": {"FunctionName": "missing", "Name": "live"},
    "AddPermission": {
        "FunctionName": "missing",
        "StatementId": "one",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
    },
    "PutFunctionConcurrency": {"FunctionName": "missing", "ReservedConcurrentExecutions": 1},
    "PutProvisionedConcurrencyConfig": {
        "FunctionName": "missing",
        "Qualifier": "1",
        "ProvisionedConcurrentExecutions": 1,
    },
    "PutFunctionEventInvokeConfig": {"FunctionName": "missing"},
    "CreateEventSourceMapping": {"FunctionName": "missing", "EventSourceArn": QUEUE},
    "CreateFunctionUrlConfig": {"FunctionName": "missing", "AuthType": "NONE"},
    "PublishLayerVersion": {"LayerName": "never", "Content": {"ZipFile": b"no archive"}},
    "TagResource": {"Resource": "arn:aws:lambda:us-east-1:640000000001:function:missing", "Tags": {"a": "b"}},
    "ListFunctions": {},
    "Invoke": {"FunctionName": "missing"},
}


class Rule(NamedTuple):
    """Of a member of an operation's request; a dot leads into a structure."""

    operation: str
    member: str
    good: Any
    bad: Any
    words: str
    code: str = VALIDATION


def at_least(operation: str, member: str, least: Any) -> Rule:
    """A number."""
    return Rule(operation, member, least, least - 1, f"Member must have value greater than or equal to {least}")


def at_most(operation: str, member: str, most: Any) -> Rule:
    """A number."""
    return Rule(operation, member, most, most + 1, f"Member must have value less than or equal to {most}")


def no_longer(operation: str, member: str, most: int, part: str = "x") -> Rule:
    """A text."""
    words = f"Member must have length less than or equal to {most}"
    return Rule(operation, member, part * most, part * (most + 1), words)


def no_more(operation: str, member: str, most: int, elements: list[Any]) -> Rule:
    """A list."""
    words = f"Member must have length less than or equal to {most}"
    return Rule(operation, member, elements[:most], elements[: most + 1], words)


def one_of(operation: str, member: str, good: str, values: str) -> Rule:
    """A word."""
    return Rule(operation, member, good, "Other", f"Member must satisfy enum value set: [{values}]")


def like(operation: str, member: str, good: Any, bad: Any) -> Rule:
    """A text with a pattern."""
    return Rule(operation, member, good, bad, "Member must satisfy regular expression pattern: ")


def _functions() -> Iterator[Rule]:
    for operation in (CREATE, CONFIGURE):
        yield at_least(operation, "MemorySize", 128)
        yield at_most(operation, "MemorySize", 10_240)
        yield at_least(operation, "Timeout", 1)
        yield at_most(operation, "Timeout", 900)
        yield at_least(operation, "EphemeralStorage.Size", 512)
        yield at_most(operation, "EphemeralStorage.Size", 10_240)
        yield no_longer(operation, "Description", 256)
        yield no_longer(operation, "Handler", 128)
        yield like(operation, "Handler", "a.b", "a b")
        yield like(operation, "Role", ROLE, "test")
        yield no_more(operation, "VpcConfig.SubnetIds", 16, SUBNETS)
        yield no_more(operation, "VpcConfig.SecurityGroupIds", 5, GROUPS)
        yield no_longer(operation, "LoggingConfig.LogGroup", 512)
        yield like(operation, "LoggingConfig.LogGroup", "/a/b", "a b")
        yield one_of(operation, "LoggingConfig.LogFormat", "JSON", "JSON, Text")
        yield one_of(operation, "TracingConfig.Mode", "Active", "Active, PassThrough")
        yield one_of(operation, "SnapStart.ApplyOn", "None", "PublishedVersions, None")
        yield like(operation, "DeadLetterConfig.TargetArn", QUEUE, "queue")
        yield like(operation, "Environment.Variables", {"AB": ""}, {"A-B": ""})
        yield Rule(operation, "DeadLetterConfig.TargetArn", QUEUE, f"{QUEUE}.fifo", "neither a standard", PARAMETER)
        yield Rule(operation, "DeadLetterConfig.TargetArn", QUEUE, ROLE, "neither a standard", PARAMETER)
        yield like(operation, "Layers", [LAYER], [QUEUE])
    yield Rule(CREATE, "Layers", [LAYER] * 5, [LAYER] * 6, "Cannot reference more than 5 layers.", PARAMETER)
    yield Rule(
        CREATE, "Environment.Variables", {"OWN": "x" * 4086}, {"OWN": "x" * 4087}, "exceeded the 4KB limit", PARAMETER
    )
    yield no_more(CREATE, "Architectures", 1, ["x86_64", "arm64"])
    yield one_of(CREATE, "PackageType", "Zip", "Zip, Image")
    yield Rule(CREATE, "Code", {"ZipFile": b"x"}, None, "Value null at 'code' failed to satisfy")
    yield Rule(CREATE, "Role", ROLE, None, "Value null at 'role' failed to satisfy")
    for member, good in (("Runtime", "python3.13"), ("Handler", "a.b")):
        yield Rule(CREATE, member, good, None, "Runtime and Handler are mandatory parameters", PARAMETER)
    yield Rule(CREATE, "PackageType", "Zip", "Image", "Please don't provide Handler or Runtime or Layer", PARAMETER)
    yield Rule(CREATE, "Runtime", "python3.13", "nodejs12.x", "nodejs12.x is no longer supported", PARAMETER)
    yield Rule(CREATE, "Runtime", "python3.13", "python4", "Value python4 at 'runtime' failed to satisfy", PARAMETER)


def _tags() -> Iterator[Rule]:
    many = {f"key{number}": "" for number in range(51)}
    for operation in (CREATE, "TagResource"):
        fewer = {key: many[key] for key in list(many)[:50]}
        yield Rule(operation, "Tags", fewer, many, "Number of tags exceeds resource tag limit.", PARAMETER)
        yield Rule(
            operation, "Tags", {"k" * 128: ""}, {"k" * 129: ""}, "Map keys must satisfy constraint: [Member must "
        )
        yield Rule(operation, "Tags", {"k": "v" * 256}, {"k": "v" * 257}, "Map value must satisfy constraint: [Member ")
        yield Rule(operation, "Tags", {"aws": ""}, {"aws:k": ""}, "reserved for AWS", PARAMETER)


def _versions() -> Iterator[Rule]:
    yield no_longer("PublishVersion", "Description", 256)
    for operation in ("CreateAlias", "UpdateAlias"):
        yield no_longer(operation, "Name", 128)
        yield no_longer(operation, "Description", 256)
        yield like(operation, "Name", "1a", "1")
        yield like(operation, "Name", "a-b_c", "$LATEST")
        yield like(operation, "FunctionVersion", "1", "live")
        yield Rule(
            operation, "RoutingConfig.AdditionalVersionWeights", {"1": 1.0}, {"1": 1.01}, "less than or equal to 1.0"
        )
        yield Rule(
            operation, "RoutingConfig.AdditionalVersionWeights", {"1": 0.0}, {"1": -0.1}, "greater than or equal to 0.0"
        )
        yield like(operation, "RoutingConfig.AdditionalVersionWeights", {"2": 0.5}, {"$LATEST": 0.5})


def _invocations() -> Iterator[Rule]:
    yield one_of("Invoke", "InvocationType", "RequestResponse", "Event, RequestResponse, DryRun")
    yield one_of("Invoke", "LogType", "Tail", "None, Tail")
    put = "PutFunctionEventInvokeConfig"
    yield at_least(put, "MaximumRetryAttempts", 0)
    yield at_most(put, "MaximumRetryAttempts", 2)
    yield at_least(put, "MaximumEventAgeInSeconds", 60)
    yield at_most(put, "MaximumEventAgeInSeconds", 21_600)
    yield no_longer(put, "DestinationConfig.OnFailure.Destination", 350)._replace(good=QUEUE)
    yield like(put, "DestinationConfig.OnFailure.Destination", QUEUE, "queue")
    yield at_least("PutFunctionConcurrency", "ReservedConcurrentExecutions", 0)
    yield at_least("PutProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions", 1)


def _permissions() -> Iterator[Rule]:
    add = "AddPermission"
    yield no_longer(add, "StatementId", 100)
    yield like(add, "StatementId", "a-b_1", "a.b")
    yield like(add, "Action", "lambda:*", "s3:GetObject")
    yield like(add, "Principal", "*", "a b")
    yield like(add, "SourceAccount", "1" * 12, "1" * 11)
    yield like(add, "SourceArn", QUEUE, "queue")
    yield one_of(add, "FunctionUrlAuthType", "NONE", "NONE, AWS_IAM")


def _mappings() -> Iterator[Rule]:
    create = "CreateEventSourceMapping"
    limits = {
        "BatchSize": (1, 10_000),
        "MaximumBatchingWindowInSeconds": (0, 300),
        "ParallelizationFactor": (1, 10),
        "MaximumRecordAgeInSeconds": (-1, 604_800),
        "MaximumRetryAttempts": (-1, 10_000),
        "TumblingWindowInSeconds": (0, 900),
        "ScalingConfig.MaximumConcurrency": (2, 1_000),
        "ProvisionedPollerConfig.MaximumPollers": (1, 10_000),
    }
    for member, (least, most) in limits.items():
        yield at_least(create, member, least)
        yield at_most(create, member, most)
    window = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    yield Rule(create, "BatchSize", 10, 11, window, PARAMETER)
    filters = [{"Pattern": "{}"}] * 6
    yield Rule(
        create, "FilterCriteria", {"Filters": filters[:5]}, {"Filters": filters}, "has 5 filters at most", PARAMETER
    )
    yield no_more(create, "FunctionResponseTypes", 1, ["ReportBatchItemFailures"] * 2)
    yield Rule(create, "ProvisionedPollerConfig.MinimumPollers", 2, 1, "are 2 at least", PARAMETER)
    unsupported = "parameter for given event source mapping type"
    for member, bad in (("BisectBatchOnFunctionError", True), ("ParallelizationFactor", 2)):
        yield Rule(create, member, None, bad, unsupported, PARAMETER)
    yield Rule(
        create, "EventSourceArn", QUEUE, "arn:aws:kinesis:us-east-1:640000000001:stream/none", "'startingPosition'"
    )._replace(code=PARAMETER)


def _urls() -> Iterator[Rule]:
    create = "CreateFunctionUrlConfig"
    yield one_of(create, "AuthType", "AWS_IAM", "NONE, AWS_IAM")
    yield one_of(create, "InvokeMode", "BUFFERED", "BUFFERED, RESPONSE_STREAM")
    yield at_most(create, "Cors.MaxAge", 86_400)
    yield at_least(create, "Cors.MaxAge", 0)
    yield no_more(create, "Cors.AllowOrigins", 100, ["https://a.example"] * 101)
    yield no_more(create, "Cors.AllowHeaders", 100, ["x"] * 101)
    yield no_more(create, "Cors.ExposeHeaders", 100, ["x"] * 101)
    yield no_more(create, "Cors.AllowMethods", 6, ["GET"] * 7)


def _layers() -> Iterator[Rule]:
    publish = "PublishLayerVersion"
    yield no_longer(publish, "LayerName", 140)
    yield like(publish, "LayerName", "a-b_c", "a.b")
    yield no_longer(publish, "Description", 256)
    yield no_longer(publish, "LicenseInfo", 512)
    yield at_most("ListFunctions", "MaxItems", 10_000)


RULES = [
    *_functions(),
    *_tags(),
    *_versions(),
    *_invocations(),
    *_permissions(),
    *_mappings(),
    *_urls(),
    *_layers(),
]


def request(rule: Rule, value: Any) -> dict[str, Any]:
    """The operation's request with the member at this value; None leaves it out."""
    made = {**BASES[rule.operation]}
    *outer, last = rule.member.split(".")
    place = made
    for name in outer:
        place[name] = place = {}
    place[last] = value
    if value is None:
        del place[last]
    return made
