"""Deployment packages and layers as they arrive, with AWS's refusals.

LocalStack 2026.3.0 adds up the sizes that an archive claims, reads an object of S3 into memory whatever its size, and
never adds layers to code. `executor/archive.py` looks at the archives.
Quotas: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Final

from botocore.exceptions import ClientError
from localstack import config
from localstack.aws.api.lambda_ import CodeStorageExceededException, InvalidParameterValueException
from localstack.aws.connect import connect_to
from localstack.services.lambda_ import api_utils, provider
from localstack.services.lambda_.invocation import lambda_service
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.executor import archive

HOT_RELOAD: Final = config.BUCKET_MARKER_LOCAL
_AT_WORK: Final = 2
"""Archives that are looked at side by side; each may take 300 MB of memory for a moment."""

_layers: ContextVar[int] = ContextVar("bytes of the layers that go with the package being stored", default=0)
_turn = threading.Semaphore(_AT_WORK)
_patches = Patches()


def apply() -> None:
    """Put the checks in place; once in a server's life."""
    if _patches.patches:
        return
    for module in (lambda_service, provider):
        _patches.add(Patch(module, "store_lambda_archive", _store))
        _patches.add(Patch(module, "store_s3_bucket_archive", _fetch))
    _patches.function(LambdaProvider.create_function, _with_layers)
    _patches.function(LambdaProvider.update_function_code, _with_layers)
    _patches.function(LambdaProvider.update_function_configuration, _configure)
    _patches.apply()


def _wrong(words: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(words, Type="User")


_store_original: Any = lambda_service.store_lambda_archive
_fetch_original: Any = lambda_service.store_s3_bucket_archive


def _store(archive_file: bytes, function_name: str, region_name: str, account_id: str) -> Any:
    with _turn:
        size = check(archive_file, _layers.get())
    _check_storage(account_id, region_name, len(archive_file))
    code = _store_original(archive_file, function_name, region_name, account_id)
    object.__setattr__(code, "unzipped_size", size)  # LocalStack's is frozen
    return code


def check(content: bytes, layers: int = 0) -> int:
    """Refuse what AWS refuses, in its words.

    Args:
        content: the archive.
        layers: bytes of the layers that the function has.

    Returns:
        Bytes of the unpacked files.

    Raises:
        InvalidParameterValueException: it is no archive, an empty or a dangerous one, or too large.
    """
    limit = config.LAMBDA_LIMITS_CODE_SIZE_UNZIPPED
    try:
        size = archive.check(content, limit)
    except archive.TooLargeError:
        raise _wrong(f"Unzipped size must be smaller than {limit} bytes") from None
    except archive.EmptyError:
        raise _wrong("Uploaded file must be a non-empty zip") from None
    except archive.ArchiveError:
        raise _wrong("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
    _check_together(size + layers)
    return size


def _check_together(size: int) -> None:
    limit = config.LAMBDA_LIMITS_CODE_SIZE_UNZIPPED
    if size > limit:
        raise _wrong(
            f"Function code combined with layers exceeds the maximum allowed size of {limit} bytes. "
            f"The actual size is {size} bytes."
        )


def _check_storage(account: str, region: str, size: int) -> None:
    """All packages and layers of an account in a region; here as they were uploaded."""
    store = lambda_stores[account][region]
    versions = [version for function in list(store.functions.values()) for version in list(function.versions.values())]
    layers = [version for layer in list(store.layers.values()) for version in list(layer.layer_versions.values())]
    codes = {id(code): code for code in (*(one.config.code for one in versions), *(one.code for one in layers)) if code}
    if sum(code.code_size for code in codes.values()) + size > config.LAMBDA_LIMITS_TOTAL_CODE_SIZE:
        raise CodeStorageExceededException("Code storage limit exceeded.", Type="User")


def _fetch(archive_bucket: str, archive_key: str, archive_version: str | None, **place: Any) -> Any:
    """Ask how large an object is before it is read."""
    if archive_bucket != HOT_RELOAD and _size(archive_bucket, archive_key, archive_version) > _largest():
        raise _wrong(f"Unzipped size must be smaller than {config.LAMBDA_LIMITS_CODE_SIZE_UNZIPPED} bytes")
    return _fetch_original(archive_bucket, archive_key, archive_version, **place)


def _largest() -> int:
    """An archive of the largest content, if nothing in it could be made smaller, with the names of its files."""
    return config.LAMBDA_LIMITS_CODE_SIZE_UNZIPPED + config.LAMBDA_LIMITS_CODE_SIZE_ZIPPED


def _size(bucket: str, key: str, version: str | None) -> int:
    """Bytes; LocalStack has the words for an object that is not there."""
    try:
        named = {"VersionId": version} if version else {}
        return int(connect_to().s3.head_object(Bucket=bucket, Key=key, **named)["ContentLength"])
    except ClientError:
        return 0


def _with_layers(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    """Tell `_store` what else the function will have."""
    layers = request.get("Layers")
    token = _layers.set(_bytes_of(layers) if layers else sum(map(_bytes, _current(context, request))))
    try:
        return original(lambda_, context, request)
    finally:
        _layers.reset(token)


def _configure(original: Any, lambda_: LambdaProvider, context: Any, request: Any) -> Any:
    function = _function(context, request)
    if function and request.get("Layers"):
        _check_together(_bytes(function.latest().config) + _bytes_of(request["Layers"]))
    return original(lambda_, context, request)


def _function(context: Any, request: Any) -> Any:
    name, _, account, region = api_utils.function_locators_from_arn(request["FunctionName"])
    return lambda_stores[account or context.account_id][region or context.region].functions.get(name or "")


def _current(context: Any, request: Any) -> Iterable[Any]:
    function = _function(context, request)
    return function.latest().config.layers if function else ()


def _bytes_of(arns: Iterable[str]) -> int:
    """Of layer versions that exist; LocalStack has the words for others."""
    total = 0
    for arn in arns:
        region, account, name, version = api_utils.parse_layer_arn(arn)
        layer = lambda_stores[account][region].layers.get(name)
        total += _bytes(layer.layer_versions.get(version)) if layer else 0
    return total


def _bytes(holder: Any) -> int:
    """Of the code of a function's configuration or a layer version."""
    return int(getattr(getattr(holder, "code", None), "unzipped_size", 0))
