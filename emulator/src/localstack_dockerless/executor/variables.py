"""The environment variables of a function: these and no others.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_dockerless import docker_flags

_OF_LOCALSTACK = (
    "_HANDLER",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_FORMAT",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_LEVEL",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING",
    "LOCALSTACK_HOSTNAME",
)
"""What LocalStack computes that a function on Lambda finds too, and the two by which it finds the emulator."""


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
NO_PROXIES = ("NO_PROXY", "no_proxy")


def function_environment(
    computed: Mapping[str, object],
    own: Mapping[str, str],
    *,
    of_runtime: Mapping[str, str],
    runtime_api: str,
    endpoint: str = "",
    proxy: str = "",
) -> dict[str, str]:
    """The whole environment of a runtime's process.

    Args:
        computed: What LocalStack would give to a container.
        own: The function's configured variables, which win, also over those of `LAMBDA_DOCKER_FLAGS`.
        of_runtime: What every function of its runtime finds (`PATH`, `PYTHONPATH`).
        runtime_api: "127.9.3.77:9001".
        endpoint: Where the environment finds AWS ("http://127.9.3.77:4566"), if it has an endpoint of its own.
        proxy: By which it is to reach anything else, if it is not to do so by itself.
    """
    host = runtime_api.partition(":")[0]
    known = {name: str(computed[name]) for name in _OF_LOCALSTACK if name in computed}
    if "AWS_LAMBDA_LOG_LEVEL" in known:  # LocalStack writes "Info"
        known["AWS_LAMBDA_LOG_LEVEL"] = known["AWS_LAMBDA_LOG_LEVEL"].upper()
    if endpoint:
        known |= {"AWS_ENDPOINT_URL": endpoint, "LOCALSTACK_HOSTNAME": host}
    if proxy:
        known |= dict.fromkeys(PROXIES, proxy) | dict.fromkeys(NO_PROXIES, f"{host},127.0.0.1,localhost")
    return {
        **of_runtime,
        **known,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_XRAY_DAEMON_ADDRESS": f"{host}:2000",
        "_AWS_XRAY_DAEMON_ADDRESS": host,
        "_AWS_XRAY_DAEMON_PORT": "2000",
        **docker_flags.current().variables,
        **own,
    }


def is_os_only(runtime: str) -> bool:
    """Whether the function brings its own runtime (`provided.al2023`)."""
    return runtime.startswith("provided")
