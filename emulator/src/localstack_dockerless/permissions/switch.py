"""On or off, by account: so that a class can be strict and a first lab simple."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "DOCKERLESS_PERMISSIONS"
"""Of the server's environment: "on" (also when it is missing) or "off", for accounts that have not been asked for."""
WORDS: Final = ("on", "off")

_chosen: dict[str, bool] = {}


def is_on(account: str) -> bool:
    """Whether policies decide about what this account's roles and users do."""
    return _chosen.get(account, default())


def default() -> bool:
    """For accounts without a choice of their own."""
    return os.environ.get(VARIABLE, "on").lower() != "off"


def choose(account: str, *, on: bool) -> None:
    """Turn it on or off.

    Args:
        account: 12 digits.
        on: what it shall be.
    """
    _chosen[account] = on


def forget(account: str | None) -> None:
    """Back to the default, for one account or for all."""
    if account is None:
        _chosen.clear()
    else:
        _chosen.pop(account, None)
