"""The checks of lab 02 tell a size that is too small from one that is too large, and what fits from both."""

import base64
import json
import re

import boto3
import pytest

from coldstart.lab import checking, package, readonly

SLUG, NAME = "02-memory-cpu", "coldstart-02-"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load(SLUG)
FILES = {"parallel": ("parallel.py", "primes.py")}


@pytest.fixture
def judged(here):
    """Makes a function with some memory, and returns what a check says to it."""
    functions, iam = boto3.client("lambda"), boto3.client("iam")
    made = iam.create_role(RoleName=f"{NAME}role", AssumeRolePolicyDocument=json.dumps(TRUST))

    def judge(check, name, memory):
        functions.create_function(
            FunctionName=f"{NAME}{name}",
            Runtime="python3.13",
            Handler=f"{name}.handler",
            Role=made["Role"]["Arn"],
            MemorySize=memory,
            Timeout=30,
            Code={"ZipFile": package(SLUG, *FILES.get(name, (f"{name}.py",)))},
        )
        waiting = {"Delay": 0.1, "MaxAttempts": 600}
        functions.get_waiter("function_active_v2").wait(FunctionName=f"{NAME}{name}", WaiterConfig=waiting)
        return checking.look(CHECKS[check], readonly.session(NAME)).message

    return judge


@pytest.mark.parametrize(
    ("check", "name", "memory", "words"),
    [
        ("primes-one-vcpu", "primes", 1769, ""),
        ("primes-one-vcpu", "primes", 1792, ""),
        ("primes-one-vcpu", "primes", 512, "PRIMES has 512 MB, a fraction of a vCPU"),
        ("primes-one-vcpu", "primes", 3538, "pays for processor time that its one thread cannot use"),
        ("waiter-smallest", "waiter", 128, ""),
        ("waiter-smallest", "waiter", 256, "WAITER has 256 MB, but it waits just as long with less"),
        ("parallel-two-vcpus", "parallel", 3538, ""),
        ("parallel-two-vcpus", "parallel", 1769, "its two processes share less than two vCPUs"),
        ("parallel-two-vcpus", "parallel", 7076, "more than its two processes can use"),
    ],
)
def test_a_size_is_judged_by_what_it_gives_and_costs(judged, check, name, memory, words):
    said = judged(check, name, memory)
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        (256, ""),
        (150, "With 150 MB, HOARDER does not survive an event of 150 MB"),
        (512, "that is more than twice as much"),
    ],
)
def test_a_function_that_was_killed_needs_more_and_not_twice_of_it(judged, memory, words):
    said = judged("hoarder-survives", "hoarder", memory)
    assert words in said
    assert bool(said) == bool(words)


def test_a_function_without_room_for_a_larger_event_fails_whether_it_survives_this_one_or_not(judged):
    judged("hoarder-survives", "hoarder", 512)
    functions, name = boto3.client("lambda"), f"{NAME}hoarder"
    answer = functions.invoke(FunctionName=name, Payload='{"work": 150}', LogType="Tail")
    used = re.search(r"Max Memory Used: (\d+)", base64.b64decode(answer["LogResult"]).decode())
    functions.update_function_configuration(FunctionName=name, MemorySize=int(used[1]) + 4)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
    said = checking.look(CHECKS["hoarder-survives"], readonly.session(NAME)).message
    assert "leave some room" in said or "does not survive" in said
