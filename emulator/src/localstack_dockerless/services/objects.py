"""S3's files: a PutObject that fails leaves the object as it was.

LocalStack empties the object's file before it writes, and a file that could not grow (a full disk) is broken for good:
every later PutObject of the same key fails, whatever room there is by then.

Rule: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel (updates to a single key are atomic)
"""

from __future__ import annotations

from typing import Any

from localstack.utils.patch import Patches

from localstack_dockerless.services import disk

_patches = Patches()
_PARTS = ("_file", "_rolled", "_TemporaryFileArgs")
"""What makes one of Python's spooled files; the last one is there until it is on disk."""


def keep_what_cannot_be_replaced() -> None:
    """Correct LocalStack's store, once in a server's life."""
    from localstack.services.s3.storage.ephemeral import EphemeralS3StoredObject

    if not _patches.patches:
        _patches.function(EphemeralS3StoredObject.write, _write)
        _patches.apply()


def _write(original: Any, stored: Any, stream: Any) -> int:
    """Write to a new file, which takes the place of the old one when all of it is there."""
    from localstack.services.s3.storage.ephemeral import S3_MAX_FILE_SIZE_BYTES, LockedSpooledTemporaryFile

    file = stored.file
    stored.file = fresh = LockedSpooledTemporaryFile(max_size=S3_MAX_FILE_SIZE_BYTES)
    try:
        size: int = original(stored, stream)
        with file.position_lock:
            _exchange(vars(file), vars(fresh))
            file.internal_last_modified = fresh.internal_last_modified
    except OSError as error:
        disk.refuse_if_full(error)
        raise
    else:
        return size
    finally:
        stored.file = file
        fresh.close()


def _exchange(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name in _PARTS:
        mine, theirs = one.pop(name, None), other.pop(name, None)
        one |= {name: theirs} if theirs is not None else {}
        other |= {name: mine} if mine is not None else {}
