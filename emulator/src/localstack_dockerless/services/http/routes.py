"""Route keys of HTTP APIs: which requests they are for.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

DEFAULT = "$default"
ANY = "ANY"
_METHODS = (ANY, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_KEY = re.compile(rf"(?P<method>{'|'.join(_METHODS)}) (?P<path>/\S*)")
_SEGMENT = re.compile(r"[^{}]*|\{[\w.:-]+\+?\}")
_GREEDY = re.compile(r"\{[\w.:-]+\+\}")


class BadKey(ValueError):  # noqa: N818 - not an error: a person's typing
    """The text is not a route key."""


@dataclass(frozen=True)
class Template:
    """The path of a route key, in segments; `{name}` takes one, `{name+}` at the end all that are left."""

    method: str
    segments: tuple[str, ...]

    @property
    def is_greedy(self) -> bool:
        """Whether its last segment takes several."""
        return bool(self.segments) and _GREEDY.fullmatch(self.segments[-1]) is not None

    @property
    def shape(self) -> tuple[str, ...]:
        """The same without the names of its variables."""
        return tuple("{+}" if s.endswith("+}") else "{}" if s.startswith("{") else s for s in self.segments)

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """The path parameters, decoded; None if the path is another one."""
        if self.is_greedy:
            head = len(self.segments) - 1
            rest = "/".join(segments[head:])
            if not rest:
                return None
            segments = [*segments[:head], rest]
        if len(segments) != len(self.segments):
            return None
        pairs = list(zip(self.segments, segments, strict=True))
        if not all(found if wanted.startswith("{") else wanted == found for wanted, found in pairs):
            return None
        return {wanted.strip("{+}"): unquote(found) for wanted, found in pairs if wanted.startswith("{")}

    @property
    def rank(self) -> tuple[Any, ...]:
        """The higher, the more specific: paths before greedy ones, fixed segments before variables, methods before ANY."""
        return (not self.is_greedy, [not s.startswith("{") for s in self.segments], self.method != ANY)


@cache
def template(key: str) -> Template:
    """Read a route key other than `$default`.

    Raises:
        BadKey: see there.
    """
    found = _KEY.fullmatch(key)
    if not found:
        raise BadKey(key)
    segments = _segments(found["path"])
    names = [segment.strip("{+}") for segment in segments if segment.startswith("{")]
    well_formed = all(_SEGMENT.fullmatch(segment) for segment in segments)
    if not well_formed or len(set(names)) < len(names) or any(_GREEDY.fullmatch(s) for s in segments[:-1]):
        raise BadKey(key)
    return Template(found["method"], tuple(segments))


def choose(routes: Iterable[Any], method: str, path: str) -> tuple[Any, dict[str, str]] | None:
    """The most specific route for a request, and its path parameters.

    Args:
        routes: moto's.
        method: of the request.
        path: of the request, without the stage, not decoded.
    """
    segments = _segments(path)
    best: tuple[tuple[Any, ...], Any, dict[str, str]] | None = None
    default: tuple[Any, dict[str, str]] | None = None
    for route in routes:
        if route.route_key == DEFAULT:
            default = route, {}
            continue
        key = template(route.route_key)
        parameters = key.match(segments) if key.method in (method, ANY) else None
        if parameters is not None and (best is None or key.rank > best[0]):
            best = key.rank, route, parameters
    return best[1:] if best else default


def _segments(path: str) -> list[str]:
    """What stands after each slash; "/pets/" is another path than "/pets"."""
    return path.split("/")[1:]
