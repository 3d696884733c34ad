"""LocalStack's CloudWatch Logs, with filter patterns that filter."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import RequestContext, handler
from localstack.aws.api.logs import InvalidParameterException, ResourceNotFoundException
from localstack.services.logs import provider
from localstack.services.logs.provider import LogsProvider
from localstack.services.moto import call_moto
from localstack.utils.aws.arns import log_group_arn
from localstack.utils.patch import Patch, Patches, create_patch_proxy
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, LogsBackend

from localstack_dockerless.services.insights import queries
from localstack_dockerless.services.logs import embedded, filters, subscriptions
from localstack_dockerless.services.logs.patterns import InvalidPatternError, compiled

_patches = Patches()


def apply() -> None:
    """Correct it, once, before the service is first used."""
    if _patches.patches:
        return
    _patches.add(Patch(provider, "get_pattern_matcher", _matcher))
    _patches.add(Patch(provider, "connect_to", subscriptions.Connections))
    # By name: LocalStack has replaced methods of this class by functions of another module.
    put = create_patch_proxy(LogsBackend.put_metric_filter, _put_metric_filter)
    _patches.add(Patch(LogsBackend, "put_metric_filter", put))
    search = create_patch_proxy(LogsBackend.filter_log_events, _filter_log_events)
    _patches.add(Patch(LogsBackend, "filter_log_events", search))
    subscribe = create_patch_proxy(LogsBackend.put_subscription_filter, _put_subscription_filter)
    _patches.add(Patch(LogsBackend, "put_subscription_filter", subscribe))
    find = create_patch_proxy(LogsBackend._find_log_group, _find_log_group)
    _patches.add(Patch(LogsBackend, "_find_log_group", find))
    _patches.function(LogGroup.put_log_events, _write)
    _patches.function(MetricFilters.add_filter, _add_filter)
    _patches.apply()


def _matcher(pattern: str) -> Any:
    """LocalStack's own takes everything for a match."""
    one = compiled(pattern)
    return lambda _pattern, event: one.matches(event["message"])


class Provider(LogsProvider):
    """With the operations that are done otherwise."""

    def put_log_events(self, context: RequestContext, *_: Any, **__: Any) -> Any:
        """LocalStack's own applies the filters of all groups, and counts each match as 1 whatever it is to measure."""
        return call_moto(context)

    @handler("StartQuery", expand=False)
    def start_query(self, context: RequestContext, request: Any) -> Any:  # type: ignore[override]
        """Insights, of which moto knows a few words."""
        backend = provider.get_moto_logs_backend(context.account_id, context.region)
        given = [request.get("logGroupNames"), request.get("logGroupIdentifiers")]
        given.append([request["logGroupName"]] if request.get("logGroupName") else None)
        names = [name for some in given for name in some or []]
        if sum(map(bool, given)) > 1:
            raise InvalidParameterException("Specify the log groups in one way only.")
        names = [name.split(":log-group:")[-1].removesuffix(":*") for name in names]
        begin, end = (int(request[name]) for name in ("startTime", "endTime"))
        query = queries.start(backend, names, begin, end, request["queryString"], request.get("limit"))
        return {"queryId": query}

    def get_query_results(self, context: RequestContext, query_id: str, **_: Any) -> Any:
        """The results of such a query."""
        return queries.results(provider.get_moto_logs_backend(context.account_id, context.region), query_id)


def _write(original: Any, group: LogGroup, stream: str, events: Any) -> str:
    """Where all log events pass, those of functions and those of PutLogEvents."""
    token = original(group, stream, events)
    backend = provider.get_moto_logs_backend(group.account_id, group.region)
    filters.apply(backend, group.name, events)
    embedded.apply(backend, events)
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


def _put_subscription_filter(original: Any, backend: LogsBackend, *args: Any) -> None:
    """The pattern is the third argument; one that is none would fail each time something is written."""
    _check(args[2])
    if args[0] in backend.groups and not args[4]:
        subscriptions.check(args[3], log_group_arn(args[0], backend.account_id, backend.region_name))
    original(backend, *args)


def _filter_log_events(original: Any, backend: LogsBackend, *args: Any) -> Any:
    """The pattern is the last argument but one."""
    _check(args[-2])
    return original(backend, *args)


def _find_log_group(
    original: Any, backend: LogsBackend, log_group_id: str | None = None, log_group_name: str | None = None
) -> LogGroup:
    """Moto takes the group that was made last for whatever an identifier names."""
    if log_group_id and not log_group_name:
        log_group_name, log_group_id = log_group_id.split(":log-group:")[-1].removesuffix(":*"), None
    found: LogGroup = original(backend, log_group_id, log_group_name)
    return found


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
