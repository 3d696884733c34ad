"""A function's layers, unpacked, in the order of its configuration.

https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
"""

from __future__ import annotations

from pathlib import Path

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion


def prepare(version: FunctionVersion) -> None:
    """Unpacks each layer version that is not on disk yet."""
    for layer in version.config.layers:
        if layer.code:
            layer.code.prepare_for_execution()


def directories(version: FunctionVersion) -> tuple[Path, ...]:
    """Where they are; merged into /opt, a later one wins."""
    return tuple(layer.code.get_unzipped_code_location() for layer in version.config.layers if layer.code)
