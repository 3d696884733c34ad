"""What `aws ecr get-login-password` gives: a password that says whose registry it opens, for twelve hours.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time

USER = "AWS"
HOURS = 12
_SECRET = secrets.token_bytes()
"""Of this server: the tokens of another one open nothing."""


def issue(account: str, region: str, expires: float | None = None) -> str:
    """Return a password.

    Args:
        account: whose registry.
        region: where, for a client that reaches the server by an address which does not say it.
        expires: until when, in seconds since 1970; twelve hours from now if not given.
    """
    content = f"{account}:{region}:{int(expires or time.time() + HOURS * 3600)}"
    return base64.urlsafe_b64encode(f"{content}:{_sign(content)}".encode()).decode()


def read(password: str) -> tuple[str, str] | None:
    """Return the account and the region that a password is for; None if it is none, or too old."""
    try:
        content, _, signature = base64.urlsafe_b64decode(password).decode().rpartition(":")
        account, region, expires = content.split(":")
    except (ValueError, binascii.Error):
        return None
    is_ours = hmac.compare_digest(signature.encode(), _sign(content).encode())
    return (account, region) if is_ours and int(expires) > time.time() else None


def read_header(authorization: str) -> tuple[str, str] | None:
    """Return the same of a header `Authorization: Basic ...`."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return read(password) if scheme.lower() == "basic" and user == USER else None


def _sign(content: str) -> str:
    return hmac.new(_SECRET, content.encode(), hashlib.sha256).hexdigest()
