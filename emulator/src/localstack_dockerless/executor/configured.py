"""What LocalStack knows of a function's version, as an execution environment needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from localstack.aws.api.lambda_ import LogFormat

from localstack_dockerless import runtimes
from localstack_dockerless.executor import external, layers, report
from localstack_dockerless.executor.extensions import Function
from localstack_dockerless.executor.lines import JsonLines, Lines, TextLines
from localstack_dockerless.executor.settings import INIT_LIMIT, Settings
from localstack_dockerless.executor.variables import is_os_only
from localstack_dockerless.runtimes import Runtime, provided

_PROVISIONED_INIT_LIMIT = 130


def settings(version: Any, runtime: Runtime, log_stream: str, *, provisioned: bool) -> Settings:
    """The settings of one environment.

    Args:
        version: LocalStack's version of the function.
        runtime: What it runs on.
        log_stream: The environment's own, which is also what its records call it.
        provisioned: Whether it is made ahead of invocations.
    """
    identifier, config = version.id, version.config
    limit = max(_PROVISIONED_INIT_LIMIT, config.timeout) if provisioned else INIT_LIMIT
    name, qualifier = identifier.function_name, identifier.qualifier
    return Settings(
        timeout=config.timeout,
        memory_mb=config.memory_size,
        version=qualifier,
        init_limit=limit,
        provisioned=provisioned,
        lines=_lines(config.logging_config),
        note=runtime.note or "",
        entrypoint_problem=_entrypoint_problem(version),
        function=Function(name, qualifier, config.handler or "", identifier.account),
        function_arn=identifier.unqualified_arn(),
        about=_about(version, runtime, log_stream),
        external=external.find(opt(version)),
    )


def runtime(config: Any) -> Runtime:
    """What a function runs on: a runtime of this machine, or its image.

    Raises:
        RuntimeUnavailable: this machine does not have it.
    """
    found: Runtime = (
        config.image.runtime(config.image_config) if config.image else runtimes.resolve(str(config.runtime))
    )
    return found


def opt(version: Any) -> tuple[Path, ...]:
    """What is found at /opt: layers in order, or an image's own."""
    image = version.config.image
    return (image.get_unzipped_code_location() / "opt",) if image else layers.directories(version)


def _entrypoint_problem(version: Any) -> str:
    config = version.config
    if config.image:
        return str(config.image.problem(config.image_config))
    if not is_os_only(config.runtime) or config.code.is_hot_reloading():
        return ""
    return provided.problem(Path(config.code.get_unzipped_code_location()), layers.directories(version))


def _lines(logging: Any) -> Lines:
    if logging.get("LogFormat") != LogFormat.JSON:
        return TextLines()
    return JsonLines(logging.get("SystemLogLevel", "INFO"), logging.get("ApplicationLogLevel", "INFO"))


def _about(version: Any, runtime: Runtime, log_stream: str) -> dict[str, Any]:
    known = version.config.runtime_version_config
    return {
        "runtimeVersion": report.runtime_version(runtime.identifier) if known else "",
        "runtimeVersionArn": known["RuntimeVersionArn"] if known else "",
        "functionName": version.id.function_name,
        "functionVersion": version.id.qualifier,
        "instanceId": log_stream,
        "instanceMaxMemory": version.config.memory_size * 1024 * 1024,
    }
