"""Wildcards, ARNs with wildcards, and policy variables.

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

Value = str | Sequence[str]
Context = Mapping[str, Value]
"""Condition keys, in lower case, with what the request has for them; a key with several values has a list."""

ARN_FIELDS = 6
_TOKEN = re.compile(
    r"""\$\{\s*(?:(?P<special>[*?$])|(?P<key>[\w.:/=+@-](?:[\w.:/=+@ -]*[\w.:/=+@-])?)\s*(?:,\s*'(?P<default>[^']*)')?)\s*\}"""
)
_SPECIAL = re.compile(r"\$\{([*?$])\}")
VARIABLES_SINCE = "2012-10-17"


class UnresolvedVariableError(LookupError):
    """A policy variable that the request has no value for."""


def glob(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text is what a pattern with `*` and `?` describes."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """Each star takes the first place where what follows fits, for good: otherwise a hostile pattern takes for ever."""
    first, *others = [_translate(part) for part in _stars(pattern)]
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    last = f".*{others[-1]}" if others else ""
    return re.compile(first + middle + last, (re.IGNORECASE if ignore_case else 0) | re.DOTALL)


def _stars(pattern: str) -> list[str]:
    """What stands before, between and after the stars."""
    return re.split(r"(?<!\$\{)\*+", pattern)


def _translate(part: str) -> str:
    return "".join(_character(piece) for piece in re.split(r"(\$\{[*?$]\}|\?)", part))


def _character(piece: str) -> str:
    special = _SPECIAL.fullmatch(piece)
    return "." if piece == "?" else re.escape(special[1] if special else piece)


def matches_arn(pattern: str, arn: str) -> bool:
    """Compare the six fields of an ARN one by one; a field that the pattern lacks may be anything."""
    if pattern == "*":
        return True
    wanted = pattern.split(":", ARN_FIELDS - 1)
    given = arn.split(":", ARN_FIELDS - 1)
    if len(given) < ARN_FIELDS:
        return glob(pattern, arn)
    return all(glob(field, value) for field, value in zip(wanted, given, strict=False))


def expand(text: str, context: Context) -> str:
    """Replace policy variables by the request's values, in which `*` and `?` then stand for themselves.

    Raises:
        UnresolvedVariableError: the request has no single value for one of them, and the policy names no default.
    """
    return _TOKEN.sub(lambda token: _value(token, context), text) if "${" in text else text


def _value(token: re.Match[str], context: Context) -> str:
    if token["special"]:
        return token[0]
    value = context.get(token["key"].lower())
    if not isinstance(value, str):
        value = value[0] if value is not None and len(value) == 1 else token["default"]
    if value is None:
        raise UnresolvedVariableError(token["key"])
    return re.sub(r"[*?$]", r"${\g<0>}", value)


def plain(text: str) -> str:
    """The text that `${*}`, `${?}` and `${$}` stand for, for operators without wildcards."""
    return _SPECIAL.sub(r"\1", text)
