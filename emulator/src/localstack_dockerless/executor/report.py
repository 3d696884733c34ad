"""The platform's own log lines and error documents, as Lambda words them.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html gives the lines (the newer style, which
names the status in the REPORT line).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_SIGNALS = {
    1: "hangup",
    2: "interrupt",
    3: "quit",
    4: "illegal instruction",
    5: "trace/breakpoint trap",
    6: "aborted",
    7: "bus error",
    8: "floating point exception",
    9: "killed",
    10: "user defined signal 1",
    11: "segmentation fault",
    12: "user defined signal 2",
    13: "broken pipe",
    14: "alarm clock",
    15: "terminated",
    24: "CPU time limit exceeded",
    25: "file size limit exceeded",
    31: "bad system call",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an initialization or an invocation gave no result of the function's own.

    Attributes:
        status: "error" or "timeout", as in the REPORT line.
        error_type: As in the REPORT line; empty for a timeout.
        body: The document the caller gets.
        most: Milliseconds that the invocation took at most; it ends with its timeout, whenever that is noticed.
    """

    status: str
    error_type: str
    body: bytes
    most: float = math.inf


def exit_reason(status: int | None, signal: int | None) -> str:
    """The end of a process: "Runtime exited with error: exit status 3"."""
    if signal:
        return f"Runtime exited with error: signal: {_SIGNALS.get(signal, f'signal {signal}')}"
    if status:
        return f"Runtime exited with error: exit status {status}"
    return "Runtime exited without providing a reason"


def exited(request_id: str, *, status: int | None, signal: int | None, out_of_memory: bool) -> Failure:
    """The process ended before it answered."""
    message = f"RequestId: {request_id} Error: {exit_reason(status, signal)}"
    reported = "Runtime.OutOfMemory" if out_of_memory else "Runtime.ExitError"
    return Failure("error", reported, _document("Runtime.ExitError", message))


def extension_exited(request_id: str, error_type: str, *, status: int | None, signal: int | None) -> Failure:
    """An extension's process ended ("Extension.Crash"), perhaps after it had reported why."""
    reason = _SIGNALS.get(signal, f"signal {signal}") if signal else ""
    words = f"signal: {reason}" if signal else f"exit status {status}" if status else "exit code 0"
    return Failure("error", error_type, _document(error_type, f"RequestId: {request_id} Error: {words}"))


def extension_not_launched(request_id: str, reason: str) -> Failure:
    """An extension could not be started."""
    error_type = "Extension.LaunchError"
    return Failure("error", error_type, _document(error_type, f"RequestId: {request_id} Error: {reason}"))


def timed_out(request_id: str, seconds: float) -> Failure:
    """The function's timeout passed."""
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return Failure("timeout", "", _document("Sandbox.Timedout", message), seconds * 1000)


def invalid_entrypoint(request_id: str, reason: str) -> Failure:
    """A function on an OS-only runtime, or its image, brings no program that can be started, or no place for it."""
    message = f"RequestId: {request_id} Error: {reason}"
    error_type = "Runtime.InvalidWorkingDir" if reason.startswith("chdir ") else "Runtime.InvalidEntrypoint"
    return Failure("error", error_type, _document(error_type, message))


def runtime_version(runtime: str) -> str:
    """How the platform names "python3.13": "python:3.13"."""
    family, version = re.fullmatch(r"([a-z]+)\.?(.*?)(?:\.x)?", runtime).groups()  # type: ignore[union-attr]
    return f"{family}:{version}"


def init_start(version: str, arn: str) -> str:
    """The first line of a new environment's log, with the name and the ARN of its runtime version."""
    return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}"


def init_report(milliseconds: float, phase: str, failure: Failure | None = None) -> str:
    """The line of an initialization that failed, or of one for provisioned concurrency."""
    line = f"INIT_REPORT Init Duration: {milliseconds:.2f} ms"
    return f"{line}\tPhase: {phase}\t{_status(failure)}" if failure else line


def extension(name: str, state: str, events: Iterable[str], error_type: str) -> str:
    """The line of an extension at the end of INIT."""
    line = f"EXTENSION\tName: {name}\tState: {state}\tEvents: [{', '.join(events)}]"
    return f"{line}\tError Type: {error_type}" if error_type else line


def telemetry(name: str, types: Iterable[str]) -> str:
    """The line of an extension that subscribed to the Telemetry API."""
    return f"TELEMETRY\tName: {name}\tState: Subscribed\tTypes: [{', '.join(map(str.capitalize, types))}]"


def start(request_id: str, version: str) -> str:
    """The line before what the handler prints."""
    return f"START RequestId: {request_id} Version: {version}"


def end(request_id: str) -> str:
    """The line after what the handler printed."""
    return f"END RequestId: {request_id}"


def report(
    request_id: str,
    duration: float,
    memory_size: int,
    memory_used: int,
    init: float | None,
    failure: Failure | None = None,
) -> str:
    """The figures of an invocation.

    Args:
        request_id: Of the invocation.
        duration: Milliseconds.
        memory_size: MB, configured.
        memory_used: MB, the most so far in this environment.
        init: Milliseconds, on a cold start.
        failure: What the platform had to answer instead of the function.
    """
    line = (
        f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\tBilled Duration: {billed(duration, init)} ms\t"
        f"Memory Size: {memory_size} MB\tMax Memory Used: {memory_used} MB\t"
    )
    if init is not None:
        line += f"Init Duration: {init:.2f} ms\t"
    return line + _status(failure) if failure else line


def billed(duration: float, init: float | None) -> int:
    """Milliseconds to pay for: begun ones count, at least one, INIT at a cold start among them (since August 2025)."""
    return max(1, math.ceil(duration + (init or 0)))


def _status(failure: Failure) -> str:
    return f"Status: {failure.status}" + (f"\tError Type: {failure.error_type}" if failure.error_type else "")


def _document(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
