"""Cross-origin resource sharing, as HTTP APIs and function URLs are configured for it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from localstack.http import Response

from localstack_dockerless.services.http.incoming import Incoming

_ALL = "*"
_PREFIX = "access-control-"


@dataclass(frozen=True)
class Cors:
    """A configuration.

    Attributes:
        max_age: Seconds a browser may remember the answer; None leaves it to the browser.
    """

    origins: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    exposed: list[str] = field(default_factory=list)
    credentials: bool = False
    max_age: int | None = None

    @classmethod
    def of(cls, configuration: dict[str, Any] | None) -> Cors | None:
        """From the words of either API: "AllowOrigins" or "allowOrigins"; None when there is no configuration."""
        if not configuration:
            return None
        given = {name[:1].lower() + name[1:]: value for name, value in configuration.items()}
        return cls(
            given.get("allowOrigins") or [],
            given.get("allowMethods") or [],
            given.get("allowHeaders") or [],
            given.get("exposeHeaders") or [],
            bool(given.get("allowCredentials")),
            given.get("maxAge"),
        )

    def preflight(self, incoming: Incoming) -> Response:
        """The answer to OPTIONS, which no function gets to see."""
        response = Response(status=204)
        response.headers.extend(self._shared(incoming))
        if response.headers.get(f"{_PREFIX}allow-origin"):
            response.headers.extend(self._allowed())
        return response

    def complete(self, incoming: Incoming, response: Response) -> None:
        """Replace what the function said about sharing by what is configured."""
        for name in {name for name, _ in response.headers if name.lower().startswith(_PREFIX)}:
            response.headers.remove(name)
        shared = self._shared(incoming)
        response.headers.extend(shared)
        if shared and self.exposed:
            response.headers.set(f"{_PREFIX}expose-headers", ",".join(self.exposed))

    def _shared(self, incoming: Incoming) -> list[tuple[str, str]]:
        """Who may read the response; nothing for an origin that may not."""
        origin = incoming.header("origin")
        if not origin or not any(_matches(origin, allowed) for allowed in self.origins):
            return []
        named = _ALL if _ALL in self.origins else origin
        headers = [(f"{_PREFIX}allow-origin", named)]
        if named != _ALL:
            headers.append(("vary", "Origin"))
        if self.credentials:
            headers.append((f"{_PREFIX}allow-credentials", "true"))
        return headers

    def _allowed(self) -> list[tuple[str, str]]:
        wanted = {"allow-methods": self.methods, "allow-headers": self.headers}
        headers = [(f"{_PREFIX}{name}", ",".join(values)) for name, values in wanted.items() if values]
        if self.max_age is not None:
            headers.append((f"{_PREFIX}max-age", str(self.max_age)))
        return headers


def is_preflight(incoming: Incoming) -> bool:
    """Whether a browser asks if it may ask."""
    return incoming.method == "OPTIONS" and bool(incoming.header("origin"))


def _matches(origin: str, allowed: str) -> bool:
    """`https://*` and `http://*` name every origin of a scheme."""
    return allowed in (_ALL, origin) or (allowed.endswith("*") and fnmatchcase(origin, allowed))
