"""Called by LocalStack at fixed moments of its life (entry-point groups `localstack.hooks.*`)."""

from __future__ import annotations

from localstack.runtime import hooks


@hooks.on_infra_start()
def dockerless_start() -> None:
    """Serve `/_dockerless/...`, ask no name server where S3 is, and tell callers what they did wrong."""
    from localstack.utils.aws import aws_stack

    from localstack_dockerless.server import malformed, routes

    routes.register()
    malformed.apply()
    vars(aws_stack)["CACHE_S3_HOSTNAME_DNS_STATUS"] = False  # it would look up s3.localhost
