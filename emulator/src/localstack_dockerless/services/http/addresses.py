"""Where APIs are found."""

from __future__ import annotations

from localstack.utils.urls import localstack_host


def endpoint_of(api_id: str, region: str) -> str:
    """The URL of an API, in the manner of the function URLs that LocalStack gives."""
    host = localstack_host()
    return f"http://{api_id}.execute-api.{region}.{host.host}:{host.port}"
