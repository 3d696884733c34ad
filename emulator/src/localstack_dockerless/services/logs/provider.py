"""LocalStack's CloudWatch Logs, with filter patterns that filter."""

from __future__ import annotations

from typing import Any

from localstack.aws.api.logs import InvalidParameterException, ResourceNotFoundException
from localstack.services.logs import provider
from localstack.services.logs.provider import LogsProvider
from localstack.services.moto import call_moto
from localstack.utils.patch import Patch, Patches, create_patch_proxy
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, LogsBackend

from localstack_dockerless.services.logs import filters
from localstack_dockerless.services.logs.patterns import InvalidPatternError, compiled

_patches = Patches()


def apply() -> None:
    """Correct it, once, before the service is first used."""
    if _patches.patches:
        return
    _patches.add(Patch(provider, "get_pattern_matcher", _matcher))
    _patches.function(LogsProvider.put_log_events, _put_log_events)
    # By name: LocalStack has replaced methods of this class by functions of another module.
    put = create_patch_proxy(LogsBackend.put_metric_filter, _put_metric_filter)
    _patches.add(Patch(LogsBackend, "put_metric_filter", put))
    search = create_patch_proxy(LogsBackend.filter_log_events, _filter_log_events)
    _patches.add(Patch(LogsBackend, "filter_log_events", search))
    _patches.function(LogGroup.put_log_events, _write)
    _patches.function(MetricFilters.add_filter, _add_filter)
    _patches.apply()


def _matcher(pattern: str) -> Any:
    """LocalStack's own takes everything for a match."""
    one = compiled(pattern)
    return lambda _pattern, event: one.matches(event["message"])


def _put_log_events(_original: Any, _provider: LogsProvider, context: Any, *_: Any, **__: Any) -> Any:
    """LocalStack's own applies the filters of all groups, and counts each match as 1 whatever it is to measure."""
    return call_moto(context)


def _write(original: Any, group: LogGroup, stream: str, events: Any) -> str:
    """Where all log events pass, those of functions and those of PutLogEvents."""
    token = original(group, stream, events)
    backend = provider.get_moto_logs_backend(group.account_id, group.region)
    filters.apply(backend, group.name, events)
    return str(token)


def _put_metric_filter(
    original: Any, backend: LogsBackend, name: str, pattern: str, group: str, transformations: Any
) -> None:
    if group not in backend.groups:
        raise ResourceNotFoundException("The specified log group does not exist.")
    _check(pattern)
    if len(transformations[0].get("dimensions") or {}) > filters.MAX_DIMENSIONS:
        raise InvalidParameterException("A metric filter can have up to three dimensions.")
    original(backend, name, pattern, group, transformations)


def _filter_log_events(original: Any, backend: LogsBackend, *args: Any) -> Any:
    """The pattern is the last argument but one."""
    _check(args[-2])
    return original(backend, *args)


def _check(pattern: str | None) -> None:
    try:
        compiled(pattern or "")
    except InvalidPatternError as error:
        raise InvalidParameterException(str(error)) from error


def _add_filter(original: Any, kept: MetricFilters, name: str, pattern: str, group: str, transformations: Any) -> None:
    """A filter of the same name is replaced; moto keeps both."""
    kept.metric_filters = [
        one for one in kept.metric_filters if (one["filterName"], one["logGroupName"]) != (name, group)
    ]
    original(kept, name, pattern, group, transformations)
