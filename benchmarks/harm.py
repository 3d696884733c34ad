"""Neighbours: how long a function that does no harm takes beside one that does, each kind of harm by itself.

Floor, measured in the same run, just before: the same function alone.
"""

import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from _lambda import HANDLER, PORT, client, create
from _table import Row, show, times_ms

from coldstart import stack
from coldstart.paths import EMULATOR

FUNCTIONS = EMULATOR / "tests" / "harm" / "functions"
BUDGET = 2.0  # times the floor
USUAL = {"MemorySize": 512, "Timeout": 3}
"""0.29 vCPU, which is what most functions have."""
ALONE, SECONDS = 200, 2.0
KINDS = {
    "computes": ("ignores_every_signal", {}),
    "forks": ("forks_without_end", {}),
    "starts threads": ("starts_threads_without_end", {}),
    "leaves forking daemons": ("leaves_forking_daemons", {}),
    "takes memory": ("takes_memory", {}),
    "floods standard output": ("floods_stdout", {}),
    "floods standard error, 8 threads": ("floods_stderr", {}),
    "prints a line of 100 MB": ("prints_an_endless_line", {}),
    "fills /tmp": ("fills_tmp", {}),
    "makes a million files": ("makes_a_million_files", {}),
    "opens everything": ("opens_everything", {}),
    "answers a gigabyte": ("answers_a_gigabyte", {}),
    "returns 20 MB": ("returns_too_much", {"megabytes": 20}),
    "floods headers": ("floods_headers", {}),
    "sends garbage": ("sends_garbage", {}),
    "reads no telemetry": ("never_reads_telemetry", {}),
    "crashes": ("crashes_in_every_way", {"how": "null pointer"}),
}


def beside(aws, name: str, event: str) -> list[float]:
    """Return the neighbour's times (ms) while the other is invoked again and again."""
    ended, begun, times = threading.Event(), time.monotonic(), []

    def harm() -> None:
        other = client()
        while not ended.is_set():
            other.invoke(FunctionName=name, Payload=event)

    with ThreadPoolExecutor(1) as pool:
        harming = pool.submit(harm)
        while time.monotonic() - begun < SECONDS:
            times += times_ms(lambda: aws.invoke(FunctionName="neighbour", Payload="{}"), 5)
        ended.set()
        harming.result()
    return times


def rows() -> list[Row]:
    """Measure each kind."""
    aws, found = client(), []
    create(aws, "neighbour", HANDLER, **USUAL)
    times_ms(lambda: aws.invoke(FunctionName="neighbour", Payload="{}"), 50)
    for what, (name, event) in KINDS.items():
        create(aws, name, (FUNCTIONS / f"{name}.py").read_text(), **USUAL)
        alone = statistics.median(times_ms(lambda: aws.invoke(FunctionName="neighbour", Payload="{}"), ALONE))
        harmed = statistics.median(beside(aws, name, json.dumps(event)))
        aws.delete_function(FunctionName=name)
        kept = harmed <= BUDGET * alone
        found.append(Row(f"beside one that {what}", harmed, alone, "ms", f"<= {BUDGET:g} x", kept))
    return found


def main() -> None:
    """Measure and print."""
    stack.down(PORT)
    stack.up(PORT)
    try:
        note = "Median of a warm Invoke of an empty function through boto3; the floor is the same function alone."
        show("Neighbours of hostile functions", rows(), note)
    finally:
        stack.down(PORT)


if __name__ == "__main__":
    main()
