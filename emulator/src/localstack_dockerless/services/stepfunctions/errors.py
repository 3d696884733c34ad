"""An expression that cannot be computed is States.QueryEvaluationError, which a state can catch; LocalStack ends the execution.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api.stepfunctions import EvaluationFailedEventDetails, HistoryEventType
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import StatesErrorName
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from localstack.services.stepfunctions.asl.component.common.string.string_expression import StringJSONata
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException
from localstack.utils.patch import Patches

_NAME = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)

_patches = Patches()


def apply() -> None:
    """Put it in place, once."""
    if _patches.patches:
        return
    _patches.function(StringJSONata._eval_body, _evaluate)
    _patches.apply()


def _evaluate(original: Any, expression: StringJSONata, env: Any) -> None:
    try:
        original(expression, env)
    except JSONataException as error:
        raise _failure(expression, env, error) from error


def _failure(expression: StringJSONata, env: Any, error: JSONataException) -> FailureEventException:
    """The failure, written into the history as LocalStack does it for a result that is undefined."""
    details = EvaluationFailedEventDetails(
        cause=f"The JSONata expression '{expression.expression}' threw an error: {error.details}",
        error=_NAME.error_name,
    )
    kind = HistoryEventType.EvaluationFailed
    event = FailureEvent(env, _NAME, kind, EventDetails(evaluationFailedEventDetails=details))
    failure = FailureEventException(failure_event=event)
    told = EventDetails(evaluationFailedEventDetails=failure.get_evaluation_failed_event_details() or details)
    env.event_manager.add_event(context=env.event_history_context, event_type=kind, event_details=told)
    return failure
