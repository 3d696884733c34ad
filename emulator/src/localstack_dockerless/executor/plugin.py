"""What LocalStack finds by its entry point `process` in the group `localstack.lambda.runtime_executor`."""

from __future__ import annotations

from typing import Any

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """Chosen with `LAMBDA_RUNTIME_EXECUTOR=process`."""

    name = "process"

    def load(self, *_args: Any, **_kwargs: Any) -> type:
        """The executor class; what LocalStack lacks around it is added once, here."""
        from localstack_dockerless import sandbox
        from localstack_dockerless.executor import additions
        from localstack_dockerless.executor.executor import ProcessExecutor

        sandbox.prepare()
        additions.apply()
        return ProcessExecutor
