"""When network interfaces come and go: while a version starts, and when a function or a version is deleted.

LocalStack has hooks for both, which it calls before its store knows of the change. A version is started after it is in
the store and before its state leaves Pending (or LastUpdateStatus InProgress): whoever has waited for Active finds the
interfaces as they are to be.
"""

from __future__ import annotations

import sys
from typing import Any

from localstack.aws.api.lambda_ import State
from localstack.services.lambda_ import api_utils
from localstack.services.lambda_.invocation.lambda_models import VersionState
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch


def apply() -> None:
    """Be there at these moments."""
    patch(LambdaVersionManager.start)(_start)
    patch(LambdaProvider.delete_function)(_delete_function)


def _is_ec2_in_use() -> bool:
    """Whether anything can be attached: a function without a VPC shall not load EC2."""
    return "moto.ec2.models" in sys.modules


def _start(original: Any, manager: LambdaVersionManager) -> VersionState:
    if not _is_ec2_in_use():
        return original(manager)
    from localstack_dockerless.services.vpc import interfaces

    version = manager.function_version
    try:
        interfaces.attach(version)
    except interfaces.CannotAttach as problem:
        manager.state = VersionState(State.Failed, problem.code, str(problem))
        return manager.state
    finally:
        interfaces.release(version.id.account, version.id.region)
    return original(manager)


def _delete_function(original: Any, provider: LambdaProvider, context: Any, **request: Any) -> Any:
    answer = original(provider, context, **request)
    if _is_ec2_in_use():
        from localstack_dockerless.services.vpc import interfaces

        interfaces.release(*api_utils.get_account_and_region(request["function_name"], context))
    return answer
