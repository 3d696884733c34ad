"""What extensions print while their environment shuts down, after its last invocation."""

from __future__ import annotations

from typing import Any

from localstack_dockerless.observability.logs import OUTPUTS, Output


def write(version: Any, group: str, stream: str, text: str) -> None:
    """Adds lines to a log stream, unless its group has been deleted: it must not come back with them.

    Args:
        version: LocalStack's version of the function.
        group: The log group's name.
        stream: The log stream's name.
        text: The lines.
    """
    from localstack.services.logs.models import get_moto_logs_backend

    OUTPUTS.flush()
    function = version.id
    if group in get_moto_logs_backend(function.account, function.region).groups:
        role = version.config.role
        OUTPUTS.add(Output(function.account, function.region, group, stream, text, role, function.function_name))
