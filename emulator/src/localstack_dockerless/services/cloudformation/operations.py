"""Operations on stacks as LocalStack serves them, corrected.

LocalStack 2026.3.0 updates a stack whatever its status, looks at no request for what is to happen after a failure, keeps
a stack whose template it has refused, and has no ContinueUpdateRollback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from localstack.aws.api.cloudformation import StackStatus
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.services.cloudformation.models import get_cloudformation_store
from localstack.services.cloudformation.v2.entities import ChangeSet
from localstack.services.cloudformation.v2.provider import StackNotFoundError, find_change_set_v2, find_stack_v2
from localstack.services.plugins import Service
from localstack.utils.patch import Patches
from localstack.utils.threads import start_worker_thread

from localstack_dockerless.services.cloudformation.statuses import check_update

Request = Mapping[str, Any]
_SAME = (
    # What UpdateStack and CreateChangeSet have in common.
    *("StackName", "TemplateBody", "TemplateURL", "UsePreviousTemplate", "Parameters", "Capabilities", "RoleARN"),
    *("NotificationARNs", "Tags"),
)


def apply(patches: Patches) -> None:
    """Keep what a change set says about failures."""
    patches.function(ChangeSet.__init__, _made)


def serve(service: Service) -> None:
    """Correct the operations."""
    provider: Any = service._provider
    table = service.skeleton.dispatch_table
    table["CreateStack"] = lambda context, request: _create_stack(provider, context, request)
    table["CreateChangeSet"] = lambda context, request: _create_change_set(provider, context, request)
    table["ExecuteChangeSet"] = lambda context, request: _execute_change_set(provider, context, request)
    table["UpdateStack"] = lambda context, request: _update_stack(provider, context, request)
    table["ContinueUpdateRollback"] = _continue
    table["DescribeStacks"] = lambda context, request: _describe(provider, context, request)


def _made(original: Any, change_set: Any, stack: Any, request_payload: Request, *rest: Any, **more: Any) -> None:
    original(change_set, stack, request_payload, *rest, **more)
    change_set.on_failure = request_payload.get("OnStackFailure")
    change_set.tags_before = stack.tags


def _describe(provider: Any, context: Any, request: Request) -> Any:
    """Show a stack, or all that are there: a deleted one only when it is asked for by its id."""
    shown = provider.describe_stacks(context, stack_name=request.get("StackName"))
    if not request.get("StackName"):
        shown["Stacks"] = [one for one in shown["Stacks"] if one["StackStatus"] != StackStatus.DELETE_COMPLETE]
    return shown


def _create_stack(provider: Any, context: Any, request: Request) -> Any:
    """Make a stack, and say what is to happen if that fails.

    Raises:
        ValidationError: the template is wrong, or the request says it twice.
    """
    if "OnFailure" in request and "DisableRollback" in request:
        raise ValidationError("Either DisableRollback or OnFailure can be specified, not both.")
    store = get_cloudformation_store(context.account_id, context.region)
    made = _or_nothing(store, request, lambda: provider.create_stack(context, request))
    stack = store.stacks_v2[made["StackId"]]
    if stack.processed_template is None:  # a transform or a resource type failed, and nothing was begun
        stack.set_stack_status(StackStatus.ROLLBACK_COMPLETE)
    return made


def _create_change_set(provider: Any, context: Any, request: Request) -> Any:
    """Look at what would change.

    Raises:
        ValidationError: the template is wrong, or the stack cannot be changed now.
    """
    store = get_cloudformation_store(context.account_id, context.region)
    name = request.get("StackName", "")
    stack = store.stacks_v2.get(name) or (find_stack_v2(store, name) if name and ":" not in name else None)
    if stack and request.get("ChangeSetType", "UPDATE") == "UPDATE":
        check_update(stack)
    return _or_nothing(store, request, lambda: provider.create_change_set(context, request))


def _or_nothing(store: Any, request: Request, make: Callable[[], Any]) -> Any:
    """A stack whose template is refused is not there."""
    before = {*store.stacks_v2}
    try:
        return make()
    except Exception:
        for new, stack in [*store.stacks_v2.items()]:
            if new not in before and stack.stack_name == request.get("StackName"):
                del store.stacks_v2[new]
        raise


def _execute_change_set(provider: Any, context: Any, request: Request) -> Any:
    """Carry a change set out, and say what is to happen if that fails.

    Raises:
        ValidationError: the change set says something else, or the stack cannot be changed now.
    """
    name, stack_name = request["ChangeSetName"], request.get("StackName")
    store = get_cloudformation_store(context.account_id, context.region)
    change_set: Any = find_change_set_v2(store, name, stack_name)
    if change_set:
        if change_set.change_set_type == "UPDATE":
            check_update(change_set.stack)
        if change_set.on_failure and "DisableRollback" in request:
            raise ValidationError("Either DisableRollback or OnStackFailure can be specified, not both.")
        asked = {name: request[name] for name in ("DisableRollback", "RetainExceptOnCreate") if name in request}
        change_set.stack.request_payload = {"OnFailure": change_set.on_failure} | asked
    return provider.execute_change_set(context, change_set_name=name, stack_name=stack_name)


def _update_stack(provider: Any, context: Any, request: Request) -> dict[str, Any]:
    """By a change set, the way that SAM goes.

    Raises:
        ValidationError: there is nothing to change, or the stack cannot be changed now.
    """
    wanted: dict[str, Any] = {name: request[name] for name in _SAME if name in request}
    wanted |= {"ChangeSetName": f"update-{uuid4()}", "ChangeSetType": "UPDATE"}
    made = _create_change_set(provider, context, wanted)
    described = provider.describe_change_set(context, change_set_name=made["Id"])
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason") or ""
        raise ValidationError("No updates are to be performed." if "contain changes" in reason else reason)
    _execute_change_set(provider, context, {**request, "ChangeSetName": made["Id"]})
    return {"StackId": made["StackId"]}


def _continue(context: Any, request: Request) -> dict[str, Any]:
    """Try again what a rollback could not restore, but for what is to be skipped.

    Raises:
        ValidationError: there is no such stack, or it did not fail to roll back.
    """
    stack: Any = find_stack_v2(get_cloudformation_store(context.account_id, context.region), request["StackName"])
    if not stack:
        raise StackNotFoundError(request["StackName"])
    if stack.status != StackStatus.UPDATE_ROLLBACK_FAILED:
        raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not continue rollback.")
    start_worker_thread(lambda *_: stack.unfinished.again(set(request.get("ResourcesToSkip") or ())))
    return {}
