"""An execution role that may no longer read its source: LastProcessingResult says so until it may again.

Rule: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

REFUSED: Final = ("AccessDenied", "AccessDeniedException")
RESULT: Final = "LastProcessingResult"


class Watched:
    """A client of a source that tells whether the role may.

    Args:
        client: boto3's.
        tell: takes the words of a refusal; None when a call went well.
    """

    def __init__(self, client: Any, tell: Callable[[str | None], None]) -> None:
        self._client, self._tell = client, tell

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return partial(self._call, found) if callable(found) else found

    def _call(self, operation: Callable[..., Any], *args: Any, **named: Any) -> Any:
        try:
            answer = operation(*args, **named)
        except ClientError as error:
            if error.response["Error"]["Code"] in REFUSED:
                self._tell(error.response["Error"].get("Message", ""))
            raise
        self._tell(None)
        return answer


class Reporter:
    """Writes what a mapping shows of the last attempt to read.

    Args:
        mapping: as GetEventSourceMapping shows it now; None once it is gone.
    """

    def __init__(self, mapping: Callable[[], Any]) -> None:
        self._mapping = mapping
        self._usual: list[str | None] = []

    def tell(self, words: str | None) -> None:
        """A refusal, or None when reading went well."""
        mapping = self._mapping()
        if mapping is None or (words is None and not self._usual):
            return
        if words is None:
            _set(mapping, self._usual.pop())
            return
        if not self._usual:
            self._usual.append(mapping.get(RESULT))
        _set(mapping, f"PROBLEM: {words}")


def _set(mapping: dict[str, Any], result: str | None) -> None:
    if result is None:
        mapping.pop(RESULT, None)
    else:
        mapping[RESULT] = result
