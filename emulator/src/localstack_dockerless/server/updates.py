"""Updates that cannot be carried out.

When a new version of a function cannot be prepared (its runtime is none of this machine's), LocalStack 2026.3.0 marks
the function as failed without a reason, goes on answering with the old one, and refuses every further update of a
function that never ran with an InternalError.
"""

from __future__ import annotations

import contextlib
import dataclasses
from concurrent.futures import Future
from typing import Any

from localstack.aws.api.lambda_ import LastUpdateStatus, State
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, UpdateStatus, VersionState
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.utils.patch import patch


def apply() -> None:
    """Put it in place; once in a server's life."""
    patch(LambdaService.update_version_state)(_update_state)
    patch(LambdaService.update_version)(_update)


def _update_state(
    original: Any, self: LambdaService, function_version: FunctionVersion, new_state: VersionState
) -> None:
    """A failed function answers no more, and says why."""
    original(self, function_version, new_state)
    if new_state.state != State.Failed:
        return
    identifier = function_version.id
    with contextlib.suppress(ValueError):  # it never ran
        self.stop_version(identifier.qualified_arn())
    function = lambda_stores[identifier.account][identifier.region].functions.get(identifier.function_name)
    if function and (current := function.versions.get(identifier.qualifier)):
        status = UpdateStatus(LastUpdateStatus.Failed, new_state.code, new_state.reason)
        config = dataclasses.replace(current.config, last_update=status)
        function.versions[identifier.qualifier] = dataclasses.replace(current, config=config)


def _update(original: Any, self: LambdaService, new_version: FunctionVersion) -> Future[None]:
    """An update may mend a function that has failed."""
    if new_version.config.capacity_provider_config:
        future: Future[None] = original(self, new_version)
        return future
    return self.create_function_version(new_version)
