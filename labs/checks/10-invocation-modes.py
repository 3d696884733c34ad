"""Checks of lab 10."""

import time
from typing import Any, Final

import boto3

from coldstart.lab.checking import CheckFailed, check

FUNCTION, QUEUE = "coldstart-10-reserve", "coldstart-10-orders"
GROUP = f"/aws/lambda/{FUNCTION}"
LOG_SECONDS: Final = 2
AGAIN: Final = "To count anew, run the lab again from its first cell."
EXPECTED: Final = {"D-1": 1, "D-2": 2, "D-3": 1}


def _attempts(aws: boto3.Session, order: str, *, at_least: int = 1) -> int:
    """Return how often the function tried an order, by its log, which may be a moment behind."""
    until = time.monotonic() + LOG_SECONDS
    while (count := _logged(aws, order)) < at_least and time.monotonic() < until:
        time.sleep(0.1)
    return count


def _logged(aws: boto3.Session, order: str) -> int:
    logs = aws.client("logs")
    try:
        found = logs.filter_log_events(logGroupName=GROUP, filterPattern=f'"order {order} by"')
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return len(found["events"])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _mapping(aws: boto3.Session) -> dict[str, Any]:
    """Return the function's event source mapping."""
    found = aws.client("lambda").list_event_source_mappings(FunctionName=FUNCTION)["EventSourceMappings"]
    if not found:
        raise CheckFailed(f"Nothing reads the queue {QUEUE} for the function yet; create the event source mapping.")
    return dict(found[0])


@check("client-retries", "Order A-3 failed once, and the client called again; order A-4 went through at once")
def client_retries(aws: boto3.Session) -> None:
    count, other = _attempts(aws, "A-3", at_least=2), _attempts(aws, "A-4")
    if not count:
        raise CheckFailed("The function has not seen order A-3; call it with that order.")
    if count == 1:
        raise CheckFailed("Order A-3 was tried once and failed; look for FunctionError in the answer, and call again.")
    if not other:
        raise CheckFailed("Order A-3 is right. The function has not seen order A-4 yet; reserve it, too.")
    if (count, other) != (2, 1):
        raise CheckFailed(
            f"Order A-3 was tried {count} times and A-4 {_times(other)}, where 2 and 1 are right: the client is to call once more, "
            f"and only after an error. {AGAIN}"
        )


@check("no-retry", "Lambda tries asynchronous events of the function once")
def no_retry(aws: boto3.Session) -> None:
    functions = aws.client("lambda")
    try:
        retries = functions.get_function_event_invoke_config(FunctionName=FUNCTION).get("MaximumRetryAttempts")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(
            "The function's asynchronous events have no setting of their own, so Lambda retries twice."
        ) from None
    if retries != 0:
        raise CheckFailed(
            f"MaximumRetryAttempts is {retries}; it counts the retries after the first attempt, and is to be 0."
        )
    count = _attempts(aws, "B-2")
    if not count:
        raise CheckFailed(
            "The setting is right. Now hand over order B-2, which fails always, and wait for its attempt."
        )
    if count > 1:
        raise CheckFailed(
            f"The setting is right. Order B-2 has {count} attempts, not 1: hand it over after the change, and once. {AGAIN}"
        )


@check("mapping", "Lambda reads the queue with the function's role, and all three orders came through")
def mapping(aws: boto3.Session) -> None:
    state = _mapping(aws)["State"]
    if state not in {"Enabled", "Creating", "Enabling"}:
        raise CheckFailed(f"The event source mapping is {state}; it has to be enabled.")
    if missing := [order for order in ("C-1", "C-2", "C-3") if not _attempts(aws, order)]:
        raise CheckFailed(
            f"The mapping is there, but the function has not seen {', '.join(missing)} yet; wait for them."
        )
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    names = ["ApproximateNumberOfMessages"]
    waiting = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]]
    if waiting != "0":
        raise CheckFailed(f"{waiting} messages still wait in the queue; run the check again in a moment.")


@check("batches-of-one", "A failing order no longer takes its neighbours along")
def batches_of_one(aws: boto3.Session) -> None:
    if (size := _mapping(aws)["BatchSize"]) != 1:
        raise CheckFailed(f"The mapping takes up to {size} messages at a time; one failure brings all of them back.")
    counts = {order: _attempts(aws, order, at_least=least) for order, least in EXPECTED.items()}
    if missing := [order for order, count in counts.items() if not count]:
        raise CheckFailed(f"The batch size is right, but the function has not seen {', '.join(missing)}: send them.")
    if counts != EXPECTED:
        said = ", ".join(f"{order} {count}" for order, count in counts.items())
        raise CheckFailed(
            f"Attempts are {said}; with batches of one it is 1, 2 and 1. Send the orders after the change, and once. {AGAIN}"
        )
