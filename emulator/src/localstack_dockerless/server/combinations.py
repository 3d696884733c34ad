"""Rules about several members of a request, or about a request and what the function has already.

Each check gets LocalStack's context and the request, and raises what AWS answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from localstack import config
from localstack.aws.api.lambda_ import (
    InvalidParameterValueException,
    PolicyLengthExceededException,
)
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.lambda_models import Function, RequestEntityTooLargeException
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LAMBDA_TAG_LIMIT_PER_RESOURCE

from localstack_dockerless.server import deprecations, policies

Request = Mapping[str, Any]
SMALL_TMP: Final = 512  # MB that SnapStart allows
DEAD_LETTERS: Final = ("sqs", "sns")


def _wrong(words: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(words, Type="User")


def _function(context: Any, request: Request) -> Function | None:
    """The function that a request is about; LocalStack has the words for one that is missing."""
    name, _, account, region = api_utils.function_locators_from_arn(request["FunctionName"])
    return lambda_stores[account or context.account_id][region or context.region].functions.get(name or "")


def _package_type(_context: Any, request: Request) -> None:
    """What a ZIP needs, and an image has itself.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    if request.get("PackageType", "Zip") == "Zip":
        if not request.get("Runtime") or not request.get("Handler"):
            raise _wrong("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    elif any(request.get(name) for name in ("Handler", "Runtime", "Layers")):
        raise _wrong(
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        )


def _upload(context: Any, request: Request) -> None:
    """A package in a request: 50 MB, and a request as a whole.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    most = config.LAMBDA_LIMITS_CREATE_FUNCTION_REQUEST_SIZE
    if (context.request.content_length or 0) > most:
        words = f"Request must be smaller than {most} bytes for the {context.operation.name} operation"
        raise RequestEntityTooLargeException(words)
    package = (request.get("Code") or request.get("Content") or request).get("ZipFile")
    if package and len(package) > config.LAMBDA_LIMITS_CODE_SIZE_ZIPPED:
        words = f"Zipped size must be smaller than {config.LAMBDA_LIMITS_CODE_SIZE_ZIPPED} bytes"
        raise RequestEntityTooLargeException(words)


def _dead_letters(_context: Any, request: Request) -> None:
    """A standard queue or a standard topic; the words are our own.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    target = (request.get("DeadLetterConfig") or {}).get("TargetArn")
    if target and (target.split(":")[2] not in DEAD_LETTERS or target.endswith(".fifo")):
        raise _wrong(
            f"The dead-letter target {target} is neither a standard Amazon SQS queue nor a standard SNS topic."
        )


def _layers(_context: Any, request: Request) -> None:
    """Layers of AWS itself have ARNs that LocalStack cannot read; none is here."""
    if foreign := [arn for arn in request.get("Layers") or () if ":awslayer:" in arn]:
        raise _wrong(f"Layer version {foreign[0]} does not exist.")


def _tags(_context: Any, request: Request) -> None:
    """How many, and which are AWS's own; the words for the latter are ours.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
    """
    tags = request.get("Tags") or {}
    if len(tags) > LAMBDA_TAG_LIMIT_PER_RESOURCE:  # LocalStack looks when the function is there already
        raise _wrong("Number of tags exceeds resource tag limit.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise _wrong("Tag keys that begin with aws: are reserved for AWS.")


def _creation(_context: Any, request: Request) -> None:
    deprecations.check_creation(request.get("Runtime"))


def _update(context: Any, request: Request) -> None:
    function = _function(context, request)
    current = function.latest().config.runtime if function else None
    # A function may leave a runtime that is blocked.
    deprecations.check_update(request.get("Runtime") or current)


def _snap_start(context: Any, request: Request) -> None:
    """What SnapStart excludes; the words are our own.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-limitations
    """
    function = _function(context, request) if context.operation.name != "CreateFunction" else None
    current: Any = function.latest().config if function else None
    apply_on = (request.get("SnapStart") or {}).get("ApplyOn") or (
        current and (current.snap_start or {}).get("ApplyOn")
    )
    if apply_on != "PublishedVersions":
        return
    size = (request.get("EphemeralStorage") or {}).get("Size") or (current.ephemeral_storage.size if current else 0)
    if size > SMALL_TMP:
        raise _wrong(f"SnapStart does not support ephemeral storage of more than {SMALL_TMP} MB.")
    if request.get("FileSystemConfigs", getattr(current, "file_system_configs", ())):
        raise _wrong("SnapStart does not support file systems.")


def _provisioned(context: Any, request: Request) -> None:
    """What SnapStart excludes, too.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-limitations
    """
    function, qualifier = _function(context, request), request["Qualifier"]
    alias = function.aliases.get(qualifier) if function else None
    version = function.versions.get(alias.function_version if alias else qualifier) if function else None
    if version and (version.config.snap_start or {}).get("ApplyOn") == "PublishedVersions":
        raise _wrong("SnapStart does not support provisioned concurrency.")


def _policy(context: Any, request: Request) -> None:
    """The policy with the new statement: 20 KB.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    function = _function(context, request)
    if not function:
        return
    qualifier = request.get("Qualifier") or api_utils.function_locators_from_arn(request["FunctionName"])[1]
    existing = function.permissions.get(qualifier or "$LATEST")
    statements = existing.policy.Statement if existing else []
    size = len(json.dumps(_document([*statements, _statement(context, function, request)]), separators=(",", ":")))
    if size > policies.LIMIT:
        words = f"The final policy size ({size}) is bigger than the limit ({policies.LIMIT})."
        raise PolicyLengthExceededException(words, Type="User")


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": "default", "Statement": statements}


def _statement(context: Any, function: Function, request: Request) -> Any:
    statement = api_utils.build_statement(
        partition=context.partition,
        resource_arn=function.latest().id.unqualified_arn(),
        statement_id=request["StatementId"],
        action=request["Action"],
        principal=request["Principal"],
        source_arn=request.get("SourceArn"),
        source_account=request.get("SourceAccount"),
        principal_org_id=request.get("PrincipalOrgID"),
        event_source_token=request.get("EventSourceToken"),
        auth_type=request.get("FunctionUrlAuthType"),
    )
    return policies.with_url(statement) if request.get("InvokedViaFunctionUrl") else statement


CHECKS: Final[dict[str, tuple[Callable[[Any, Request], None], ...]]] = {
    # The last one is asked first.
    "CreateFunction": (_creation, _snap_start, _dead_letters, _layers, _tags, _package_type, _upload),
    "UpdateFunctionConfiguration": (_snap_start, _dead_letters, _layers, _update),
    "UpdateFunctionCode": (_update, _upload),
    "PublishLayerVersion": (_upload,),
    "PutProvisionedConcurrencyConfig": (_provisioned,),
    "AddPermission": (_policy,),
    "TagResource": (_tags,),
}
"""By operation."""
