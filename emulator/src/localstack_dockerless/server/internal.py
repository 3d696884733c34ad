"""How the server knows its own requests: LocalStack's services call each other by HTTP, and say in headers who they are.

Whoever knows these headers would pass for a service, which policies do not restrict. So the one that makes a request an
internal one has another name in every server, and without it the others are taken off.
"""

from __future__ import annotations

import secrets
from typing import Final

from localstack.aws import connect
from localstack.aws.handlers import internal_requests
from localstack.utils.patch import Patch, Patches

NAME: Final = f"x-localstack-data-{secrets.token_hex(16)}"
TRUSTED: Final = (b"x-localstack-", b"x-moto-")
_KEY: Final = NAME.encode()
_BEGINS: Final = (b"x-", b"X-")  # asked first: most names begin otherwise

_patches = Patches()


def apply() -> None:
    """Give the header its name, once in a server's life, before a service that writes it is loaded."""
    if not _patches.patches:
        _patches.add(Patch(connect, "INTERNAL_REQUEST_PARAMS_HEADER", NAME))
        _patches.add(Patch(internal_requests, "INTERNAL_REQUEST_PARAMS_HEADER", NAME))
        _patches.apply()


def without_forged(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a request without those by which a stranger would pass for a part of the server.

    Args:
        headers: names and values.
    """
    suspects = [name for name, _ in headers if name[:2] in _BEGINS and name.lower().startswith(TRUSTED)]
    if not suspects or any(name.lower() == _KEY for name in suspects):
        return headers
    return [one for one in headers if not one[0].lower().startswith(TRUSTED)]
