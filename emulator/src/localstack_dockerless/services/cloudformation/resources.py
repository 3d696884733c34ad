"""One provider for all of them: a table says which operations make and delete a resource.

Properties: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)

Model = dict[str, Any]
NAME_LENGTH = 32


@dataclass(frozen=True)
class Call:
    """An operation, as boto3 names it, and its parameters with the property each is taken from.

    Left out when a property of `needs` is not there.
    """

    operation: str
    parameters: Mapping[str, str]
    needs: str = ""


@dataclass(frozen=True)
class Kind:
    """A resource type.

    Attributes:
        service: as boto3 names it.
        identifier: the property that Ref gives.
        create, delete: see `Call`.
        answer: where in the response to `create` the new resource is.
        attributes: what GetAtt gives, from the same place.
        name: the property that gets a generated name if it has none.
        after: further steps of the creation.
        changes: what can be done again when properties change.
        prepare, finish: code for what no table can say, before and after.
    """

    service: str
    identifier: str
    create: Call
    delete: Call
    answer: Sequence[str | int] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    after: Sequence[Call] = ()
    changes: Sequence[Call] = ()
    prepare: Callable[[Model], None] = lambda model: None
    finish: Callable[[Any, Model], None] = lambda client, model: None


def same(*names: str) -> dict[str, str]:
    """Parameters that are called like their properties."""
    return {name: name for name in names}


class TableProvider(ResourceProvider[Model]):
    """Makes, changes and deletes resources of one type."""

    TYPE: str
    KIND: Kind

    def create(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Make it, and note what Ref and GetAtt will give."""
        kind, model = self.KIND, request.desired_state
        client = getattr(request.aws_client_factory, kind.service)
        if kind.name and not model.get(kind.name):
            model[kind.name] = _name(request.stack_name, request.logical_resource_id)
        kind.prepare(model)
        made = _call(client, kind.create, model)
        for step in kind.answer:
            made = made[step]
        model.update({name: made[source] for name, source in kind.attributes.items() if source in made})
        for call in kind.after:
            _call(client, call, model)
        kind.finish(client, model)
        return _success(request, model)

    def update(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Do again what can be done again; any other change fails the stack."""
        kind, previous = self.KIND, request.previous_state or {}
        model = {**previous, **request.desired_state}
        changed = {name for name in request.desired_state if request.desired_state[name] != previous.get(name)}
        known = {name for call in kind.changes for name in call.parameters.values()}
        if changed - known:
            message = f"Changing {', '.join(sorted(changed - known))} of {self.TYPE} is not supported"
            return ProgressEvent(status=OperationStatus.FAILED, resource_model=model, message=message)
        client = getattr(request.aws_client_factory, kind.service)
        for call in kind.changes:
            if changed & set(call.parameters.values()):
                _call(client, call, model)
        return _success(request, model)

    def delete(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Delete it; one that is gone already is what was wanted."""
        client = getattr(request.aws_client_factory, self.KIND.service)
        try:
            _call(client, self.KIND.delete, request.desired_state)
        except client.exceptions.ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise
        return _success(request, request.desired_state)


def provider(name: str, kind: Kind) -> type[TableProvider]:
    """The provider class of a type."""
    schema = {"typeName": name, "primaryIdentifier": [f"/properties/{kind.identifier}"]}
    return type(name.rpartition("::")[2], (TableProvider,), {"TYPE": name, "SCHEMA": schema, "KIND": kind})


def _call(client: Any, call: Call, model: Model) -> Any:
    if call.needs and call.needs not in model:
        return {}
    parameters = {name: model[source] for name, source in call.parameters.items() if source in model}
    return getattr(client, call.operation)(**parameters)


def _name(stack: str, logical: str) -> str:
    """As AWS makes names that may not be longer than 32 characters."""
    tail = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(8))
    return f"{stack[:10]}-{logical[: NAME_LENGTH - 20]}-{tail}"


def _success(request: ResourceRequest[Model], model: Model) -> ProgressEvent[Model]:
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model, custom_context=request.custom_context)
