"""One provider for all of them: a table says which operations make, change and delete a resource.

Properties: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from localstack.services.cloudformation.resource_provider import (
    CloudFormationResourceProviderPlugin,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)
from plux import PluginSpec

from localstack_dockerless.services.cloudformation.values import typed

Model = dict[str, Any]
Code = Callable[[Model, Model], Any]
"""The value of a parameter, from the properties as they are to be and as they were."""
NAME_LENGTH = 32
REFUSALS = (ClientError, ParamValidationError)
"""By the service, or by the client before it is asked."""


@dataclass(frozen=True)
class Call:
    """An operation of a service.

    Attributes:
        operation: as boto3 names it.
        parameters: each with the property it is taken from, or code.
        of: the properties that the code looks at; it also sees that one was removed.
        needs: parameters without a value for which there is nothing to do.
    """

    operation: str
    parameters: Mapping[str, str | Code]
    of: Sequence[str] = ()
    needs: Sequence[str] = ()

    @property
    def properties(self) -> set[str]:
        """Those it carries out."""
        return {source for source in self.parameters.values() if isinstance(source, str)} | {*self.of}


@dataclass(frozen=True)
class Kind:
    """A resource type.

    Attributes:
        service: as boto3 names it.
        identifier: the property that Ref gives.
        create: the first of these that has what it needs makes the resource.
        delete: what deletes it.
        replaced: the properties whose change makes a new resource.
        answer: where in the response to `create` the new resource is.
        attributes: what GetAtt gives, from the same place.
        derived: what else GetAtt gives, from the rest.
        name: the property that gets a generated name if it has none.
        after: further steps of the creation.
        changes: what is done when one of its properties changes.
    """

    service: str
    identifier: str
    create: Sequence[Call]
    delete: Call
    replaced: Sequence[str] = ()
    answer: Sequence[str | int] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Callable[[Model], Any]] = field(default_factory=dict)
    name: str = ""
    after: Sequence[Call] = ()
    changes: Sequence[Call] = ()

    @property
    def properties(self) -> set[str]:
        """What a template may say."""
        return set().union(*(call.properties for call in chain(self.create, self.after, self.changes, (self.delete,))))

    @property
    def made(self) -> set[str]:
        """What a template need not say, and the resource has all the same."""
        return {*self.attributes, *self.derived, self.identifier, self.name}


def same(*names: str) -> dict[str, str]:
    """Parameters that are called like their properties."""
    return {name: name for name in names}


def plugin(name: str, kind: Kind) -> PluginSpec:
    """What makes LocalStack find the provider of a resource type, for an entry point."""

    def load(found: Any) -> None:
        found.factory = provider(name, kind)

    made = type(name.replace("::", ""), (CloudFormationResourceProviderPlugin,), {"name": name, "load": load})
    return PluginSpec(CloudFormationResourceProviderPlugin.namespace, name, made)


def provider(name: str, kind: Kind) -> type[TableProvider]:
    """The provider class of a type."""
    schema = {
        "typeName": name,
        "primaryIdentifier": [f"/properties/{kind.identifier}"],
        "createOnlyProperties": [f"/properties/{property_}" for property_ in kind.replaced],
    }
    return type(name.rpartition("::")[2], (TableProvider,), {"TYPE": name, "SCHEMA": schema, "KIND": kind})


class TableProvider(ResourceProvider[Model]):
    """Makes, changes and deletes resources of one type."""

    TYPE: str
    KIND: Kind

    def create(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Make it, and note what Ref and GetAtt will give."""
        kind, model = self.KIND, request.desired_state
        if strange := sorted(model.keys() - kind.properties - kind.made):
            return _failure(request, f"Encountered unsupported property {strange[0]}")
        client = getattr(request.aws_client_factory, kind.service)
        if kind.name and not model.get(kind.name):
            model[kind.name] = _name(request.stack_name, request.logical_resource_id)
        try:
            self._make(client, model)
        except REFUSALS as error:
            return _failure(request, str(error), error)
        return _success(request, model)

    def _make(self, client: Any, model: Model) -> None:
        """All steps or none: what failed half-way would be nobody's."""
        kind = self.KIND
        made = next(answer for call in kind.create if (answer := _call(client, call, model)) is not None)
        for step in kind.answer:
            made = made[step]
        model.update({name: made[source] for name, source in kind.attributes.items() if source in made})
        model.update({name: code(model) for name, code in kind.derived.items()})
        try:
            for call in kind.after:
                _call(client, call, model)
        except REFUSALS:
            _call(client, kind.delete, model)
            raise

    def update(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Do again what can be done again; any other change fails the stack."""
        kind, before = self.KIND, request.previous_state or {}
        model = {name: before[name] for name in kind.made & before.keys()} | request.desired_state
        changed = {name for name in before.keys() | model.keys() if before.get(name) != model.get(name)}
        if beyond := changed - self._changeable(model):
            return _failure(request, f"Changing {', '.join(sorted(beyond))} of {self.TYPE} is not supported")
        client = getattr(request.aws_client_factory, kind.service)
        try:
            for call in (call for call in kind.changes if changed & call.properties):
                _call(client, call, model, before)
        except REFUSALS as error:  # LocalStack takes some errors of an update for its success
            return _failure(request, str(error), error)
        return _success(request, model)

    def _changeable(self, model: Model) -> set[str]:
        """A property that was removed has no default to go back to, unless code takes care of it."""
        calls = (*self.KIND.changes, self.KIND.delete)
        return {name for call in calls for name in call.properties if name in model or name in call.of}

    def delete(self, request: ResourceRequest[Model]) -> ProgressEvent[Model]:
        """Delete it; one that is gone already is what was wanted."""
        if self.KIND.identifier not in request.desired_state:  # it was never made
            return _success(request, request.desired_state)
        client = getattr(request.aws_client_factory, self.KIND.service)
        try:
            _call(client, self.KIND.delete, request.desired_state)
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                return _failure(request, str(error), error)
        return _success(request, request.desired_state)


def _call(client: Any, call: Call, model: Model, before: Model | None = None) -> Any:
    """The response; None if there was nothing to do."""
    found = {
        name: model.get(source) if isinstance(source, str) else source(model, before or {})
        for name, source in call.parameters.items()
    }
    if any(not found[name] for name in call.needs):
        return None
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])
    given = {name: value for name, value in found.items() if value is not None}
    return getattr(client, call.operation)(**typed(operation.input_shape, given))


def _name(stack: str, logical: str) -> str:
    """As AWS makes names that may not be longer than 32 characters."""
    tail = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(8))
    return f"{stack[:10]}-{logical[: NAME_LENGTH - 20]}-{tail}"


def _success(request: ResourceRequest[Model], model: Model) -> ProgressEvent[Model]:
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model, custom_context=request.custom_context)


def _failure(request: ResourceRequest[Model], message: str, error: Exception | None = None) -> ProgressEvent[Model]:
    context = {**request.custom_context, **({"exception": error} if error else {})}
    return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=message, custom_context=context)
