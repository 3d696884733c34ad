"""The emulator: ready, cold and warm invocations through boto3, eight clients, a load balancer, memory.

Floors, measured in the same run: the imports that LocalStack needs; spawning Python with AWS's runtime client up to its first answer;
the same gateway's DryRun; for a load balancer, the same function invoked directly; the same Python process without the emulator.
"""

import http.client
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from _lambda import (
    CLIENTS,
    HANDLER,
    PORT,
    RUNTIME,
    SERVER_PYTHON,
    bare_runtimes,
    client,
    create,
    proportional_mb,
    resident_mb,
    tree_mb,
)
from _table import Row, median_ms, p95, show, times_ms
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from coldstart import stack

ANSWERER = "def handler(event, context):\n    return {'statusCode': 200}\n"
SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(1)\n"
SECONDS = 5


def start_seconds() -> float:
    """Start the emulator and return how long it took until it answered."""
    started = time.perf_counter()
    stack.up(PORT)
    return time.perf_counter() - started


def imports_seconds() -> float:
    """Return how long the interpreter takes to import what LocalStack's server imports: nothing can be ready sooner."""
    code = "import localstack.runtime.main, localstack.aws.app, localstack.services.lambda_.provider"
    return median_ms(lambda: subprocess.run([SERVER_PYTHON, "-c", code], check=True, capture_output=True), 3) / 1000


def cold_ms(aws, times: int) -> float:
    """Return the median of first invocations, each of a function of its own."""
    names = [f"cold-{n}" for n in range(times + 1)]
    for name in names:
        create(aws, name)
    aws.invoke(FunctionName=names[0])
    taken = [times_ms(lambda name=name: aws.invoke(FunctionName=name), 1)[0] for name in names[1:]]
    for name in names:
        aws.delete_function(FunctionName=name)
    return sorted(taken)[len(taken) // 2]


def boto3_call(kind: str):
    """Return a call by boto3, as a learner makes it."""
    aws = client()
    return lambda: aws.invoke(FunctionName="warm", InvocationType=kind)


def http_call(kind: str):
    """Return the same request, signed once and sent over one connection: what the server takes when the client costs nothing."""
    address = f"http://127.0.0.1:{PORT}/2015-03-31/functions/warm/invocations"
    headers = {"Host": f"127.0.0.1:{PORT}", "X-Amz-Invocation-Type": kind}
    request = AWSRequest("POST", address, data=b"{}", headers=headers)
    SigV4Auth(Credentials("test", "test"), "lambda", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", PORT)

    def call():
        connection.request("POST", "/2015-03-31/functions/warm/invocations", body=b"{}", headers=dict(request.headers))
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 204), answer.status

    return call


def balance(name: str) -> None:
    """Put a load balancer of the same name before a function."""
    aws, elb = client(), client("elbv2")
    subnets = [subnet["SubnetId"] for subnet in client("ec2").describe_subnets()["Subnets"]]
    group = elb.create_target_group(Name=name, TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    aws.add_permission(
        FunctionName=name,
        StatementId="elb",
        Action="lambda:InvokeFunction",
        Principal="elasticloadbalancing.amazonaws.com",
        SourceArn=group,
    )
    function = aws.get_function_configuration(FunctionName=name)["FunctionArn"]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": function}])
    balancer = elb.create_load_balancer(Name=name, Subnets=subnets[:2])["LoadBalancers"][0]["LoadBalancerArn"]
    forward = {"Type": "forward", "TargetGroupArn": group}
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward])


def balanced_call(_kind: str):
    """Return a request to the load balancer over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)

    def call():
        connection.request("GET", "/_aws/elb/warm/")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return call


def _one_client(make_call, kind: str, ready, go, counts) -> None:
    call = make_call(kind)
    call()
    ready.release()
    go.wait()
    done, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        call()
        done += 1
    counts.put(done)


def per_second(make_call, kind: str) -> float:
    """Return how many invocations a second eight client processes get through."""
    context = multiprocessing.get_context("spawn")
    ready, go, counts = context.Semaphore(0), context.Event(), context.Queue()
    clients = [context.Process(target=_one_client, args=(make_call, kind, ready, go, counts)) for _ in range(CLIENTS)]
    for process in clients:
        process.start()
    for _ in clients:
        ready.acquire()
    go.set()
    total = sum(counts.get() for _ in clients)
    for process in clients:
        process.join()
    return total / SECONDS


def memory_per_environment(aws, count: int = 8) -> float:
    """Return what one more warm environment costs: all its processes and its share of the server."""
    name = "memory"
    create(aws, name, SLEEPER)
    aws.invoke(FunctionName=name)
    before = tree_mb()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: aws.invoke(FunctionName=name), range(count)))
    after = tree_mb()
    aws.delete_function(FunctionName=name)
    return (after - before) / (count - 1)


def bare_python_mb() -> float:
    """Return the memory of a Python that has imported AWS's runtime client and waits: an environment's own code."""
    code = "import sys, awslambdaric.bootstrap; print(flush=True); sys.stdin.read()"
    idle = subprocess.Popen(
        [os.path.realpath(sys.executable), "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(RUNTIME)},
    )
    idle.stdout.readline()
    size = proportional_mb(idle.pid)
    idle.communicate()
    return size


def balancer_rows(direct_rate: float) -> list[Row]:
    """Measure a load balancer before the warm function, against invoking that over signed HTTP, `direct_rate` times a second."""
    balance("warm")
    call, direct = balanced_call(""), http_call("RequestResponse")
    times_ms(call, 50)
    request, floor = median_ms(call, 300), median_ms(direct, 300)
    rate = per_second(balanced_call, "")
    return [
        Row("load balancer, request (floor: Invoke)", request, floor, "ms", "2 x", request <= 2 * floor),
        Row("8 clients, load balancer (floor: Invoke)", rate, direct_rate, "/s", "450 /s", rate >= 450),
    ]


def cold_row(aws) -> Row:
    """Measure first invocations, one after the other."""
    with bare_runtimes(HANDLER) as answer:
        answer(1)
        floor = median_ms(lambda: answer(1), 15)
    cold = cold_ms(aws, 15)
    return Row("cold invoke (floor: Python + runtime client)", cold, floor, "ms", "1.5 x", cold <= 1.5 * floor)


def warm_rows(aws) -> list[Row]:
    """Measure invocations of the warm function through boto3."""
    times_ms(lambda: aws.invoke(FunctionName="warm"), 50)
    dry = median_ms(lambda: aws.invoke(FunctionName="warm", InvocationType="DryRun"), 300)
    taken = times_ms(lambda: aws.invoke(FunctionName="warm"), 300)
    warm = sorted(taken)[150]
    return [
        Row("warm invoke (floor: DryRun)", warm, dry, "ms", "2 x", warm <= 2 * dry),
        Row("warm invoke, p95 (floor: its median)", p95(taken), warm, "ms", "2 x", p95(taken) <= 2 * warm),
    ]


def rate_rows() -> list[Row]:
    """Measure eight clients, by boto3 and by HTTP."""
    rows = []
    for name, call in (("boto3", boto3_call), ("signed HTTP", http_call)):
        dry, rate = per_second(call, "DryRun"), per_second(call, "RequestResponse")
        rows.append(Row(f"8 clients, {name} (floor: DryRun)", rate, dry, "/s", "450 /s", rate >= 450))
    return rows


def memory_row(aws) -> Row:
    """Measure what each warm environment takes."""
    bare, each = bare_python_mb(), memory_per_environment(aws)
    what = "memory, each warm environment (floor: its Python)"
    return Row(what, each, bare, "MB", "20 MB more", each - bare <= 20)


def ready_rows() -> list[Row]:
    """Measure starts; the emulator runs afterwards."""
    stack.down(PORT)
    shutil.rmtree(stack.data_directory(PORT), ignore_errors=True)
    first = start_seconds()  # before anything else has read the libraries
    stack.down(PORT)
    imports = imports_seconds()
    again = sorted(_restart() for _ in range(3))[1]
    return [
        Row("ready, the first time after set-up", first, imports, "s", "6 s", first <= 6),
        Row("ready (floor: its imports)", again, imports, "s", "3 s", again <= 3),
    ]


def _restart() -> float:
    stack.down(PORT)
    return start_seconds()


def main() -> None:
    """Measure everything on one emulator of its own."""
    try:
        rows = ready_rows()
        idle = resident_mb(stack.status(PORT)["pid"])
        aws = client()
        rows.append(cold_row(aws))
        create(aws, "warm", ANSWERER)
        rows += warm_rows(aws)
        rates = rate_rows()
        rows += [*rates, *balancer_rows(rates[-1].ours)]
        rows.append(Row("memory, idle after start", idle, None, "MB", "150 MB", idle <= 150))
        rows.append(memory_row(aws))
    finally:
        stack.reset(port=PORT)
        stack.down(PORT)
    show("Emulator", rows, json.dumps({"clients": CLIENTS, "cores": os.cpu_count()}))


if __name__ == "__main__":
    main()
