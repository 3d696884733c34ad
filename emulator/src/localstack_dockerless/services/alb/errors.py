"""How the control plane refuses."""

from __future__ import annotations

from typing import NoReturn

from localstack.aws.api import CommonServiceException


def refuse(code: str, message: str) -> NoReturn:
    """End the operation with an error of the caller's.

    Args:
        code: as the service's model names it.
        message: what is wrong.
    """
    raise CommonServiceException(code, message, status_code=400, sender_fault=True)
