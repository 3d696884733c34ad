"""Called by LocalStack at fixed moments of its life (entry-point groups `localstack.hooks.*`)."""

from __future__ import annotations

from localstack.runtime import hooks


@hooks.on_infra_start()
def dockerless_start() -> None:
    """Serve `/_dockerless/...`."""
    from localstack_dockerless.server import routes

    routes.register()
