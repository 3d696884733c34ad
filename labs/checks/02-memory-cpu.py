"""Checks of lab 02."""

import base64
import json
import re
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

ROOM = 1.05  # times what the function needs: the least that counts as some room


def _memory(aws: boto3.Session, name: str) -> int:
    """Return a function's memory in MB."""
    functions = aws.client("lambda")
    try:
        return int(functions.get_function_configuration(FunctionName=f"coldstart-02-{name}")["MemorySize"])
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function coldstart-02-{name} yet; the cells above create it.") from None


def _invoke(aws: boto3.Session, name: str, work: int) -> Any:
    """Return the response to one event, with its payload read."""
    event = json.dumps({"work": work})
    response = aws.client("lambda").invoke(FunctionName=f"coldstart-02-{name}", Payload=event, LogType="Tail")
    return response | {"Payload": json.load(response["Payload"])}


def _expect(response: Any, name: str, answer: dict[str, int]) -> None:
    """Fail unless the function gave this answer."""
    found = response["Payload"]
    if "FunctionError" in response or found != answer:
        raise CheckFailed(
            f"{name} should answer {json.dumps(answer)}, but answers {json.dumps(found)}; begin again with clean_up()."
        )


@check("primes-one-vcpu", "The computing function has one whole vCPU and pays for no more")
def primes(aws: boto3.Session) -> None:
    memory = _memory(aws, "primes")
    if memory < 1700:
        raise CheckFailed(
            f"PRIMES has {memory:,} MB, a fraction of a vCPU: more memory makes it faster for about the same cost."
        )
    if memory > 1900:
        raise CheckFailed(f"PRIMES has {memory:,} MB and pays for processor time that its one thread cannot use.")
    _expect(_invoke(aws, "primes", work=100), "PRIMES", {"primes": 25})


@check("waiter-smallest", "The waiting function has the smallest memory")
def waiter(aws: boto3.Session) -> None:
    memory = _memory(aws, "waiter")
    if memory > 128:
        raise CheckFailed(
            f"WAITER has {memory:,} MB, but it waits just as long with less; find the size that costs least."
        )
    _expect(_invoke(aws, "waiter", work=10), "WAITER", {"waited_ms": 10})


@check("hoarder-survives", "The function that was killed gets through, without memory to burn")
def hoarder(aws: boto3.Session) -> None:
    memory = _memory(aws, "hoarder")
    answer = _invoke(aws, "hoarder", work=150)
    if "FunctionError" in answer or memory < 151:
        raise CheckFailed(f"With {memory:,} MB, HOARDER does not survive an event of 150 MB; give it more.")
    _expect(answer, "HOARDER", {"held_mb": 150})
    found = re.search(r"Max Memory Used: (\d+) MB", base64.b64decode(answer["LogResult"]).decode())
    if found and memory < ROOM * int(found[1]):
        raise CheckFailed(
            f"HOARDER needs {found[1]} MB of its {memory:,} MB: the next event that is a little larger would be killed, so "
            "leave some room."
        )
    if found and memory > 2 * int(found[1]):
        raise CheckFailed(f"HOARDER needs {found[1]} MB and has {memory:,} MB; that is more than twice as much.")


@check("parallel-two-vcpus", "Each of the two processes has a whole vCPU")
def parallel(aws: boto3.Session) -> None:
    memory = _memory(aws, "parallel")
    if memory < 3400:
        raise CheckFailed(f"PARALLEL has {memory:,} MB: its two processes share less than two vCPUs.")
    if memory > 3800:
        raise CheckFailed(f"PARALLEL has {memory:,} MB, more than its two processes can use.")
    _expect(_invoke(aws, "parallel", work=100), "PARALLEL", {"primes": 25})
