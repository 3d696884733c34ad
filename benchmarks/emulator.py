"""The emulator: ready, cold and warm invocations through boto3, eight clients, a load balancer, memory.

Floors, measured in the same run: the imports that LocalStack needs; spawning Python with AWS's runtime client up to its first answer;
the same gateway's DryRun; for a load balancer, the same function invoked directly; the same Python process without the emulator.
"""

import http.client
import http.server
import io
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from _role import execution_role
from _table import Row, median_ms, p95, show, times_ms
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from coldstart import stack
from coldstart.paths import EMULATOR

PORT = 4599
HANDLER = "def handler(event, context):\n    return event\n"
ANSWERER = "def handler(event, context):\n    return {'statusCode': 200}\n"
SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(1)\n"
SERVER_PYTHON = EMULATOR / ".venv" / "bin" / "python"
RUNTIME = EMULATOR / ".venv" / "share" / "localstack-dockerless" / "runtimes" / "python3.13"
CLIENTS, SECONDS = 8, 5


def client(service: str = "lambda"):
    """Return a client that never retries, so that what is counted is what was asked."""
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{PORT}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=CLIENTS),
    )


def package(code: str) -> bytes:
    """Return the ZIP of a handler."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", code)
    return content.getvalue()


def create(aws, name: str, code: str = HANDLER) -> None:
    """Create a function with one whole vCPU and wait until it is active."""
    aws.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role(client("iam")),
        Code={"ZipFile": package(code)},
        MemorySize=1769,
        Timeout=10,
    )
    aws.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})


def start_seconds() -> float:
    """Start the emulator and return how long it took until it answered."""
    started = time.perf_counter()
    stack.up(PORT)
    return time.perf_counter() - started


def imports_seconds() -> float:
    """Return how long the interpreter takes to import what LocalStack's server imports: nothing can be ready sooner."""
    code = "import localstack.runtime.main, localstack.aws.app, localstack.services.lambda_.provider"
    return median_ms(lambda: subprocess.run([SERVER_PYTHON, "-c", code], check=True, capture_output=True), 3) / 1000


class FirstAnswer(http.server.BaseHTTPRequestHandler):
    """The least Runtime API: one event, and a bell when its answer comes."""

    protocol_version = "HTTP/1.1"
    answered = threading.Event()

    def do_GET(self):
        """Hand out the event."""
        self.send_response(200)
        for name, value in (
            ("Aws-Request-Id", "1"),
            ("Deadline-Ms", "9999999999999"),
            ("Invoked-Function-Arn", "arn"),
            ("Trace-Id", ""),
        ):
            self.send_header(f"Lambda-Runtime-{name}", value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        """Take the answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answered.set()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Stay quiet."""


class FirstAnswers(http.server.ThreadingHTTPServer):
    """Serves them; that the client is killed afterwards is no error."""

    def handle_error(self, *_):
        """Stay quiet."""


def cold_floor_ms(times: int) -> float:
    """Return how long Python and AWS's runtime client take from spawn to the first answer, without sandbox, limits or gateway."""
    server = FirstAnswers(("127.0.0.1", 0), FirstAnswer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(HANDLER)
        python = os.path.realpath(sys.executable)
        environment = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "LAMBDA_TASK_ROOT": folder,
            "PYTHONPATH": f"{RUNTIME}:{folder}",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        }

        def once():
            FirstAnswer.answered.clear()
            process = subprocess.Popen(
                [python, "-m", "awslambdaric", "app.handler"],
                cwd=folder,
                env=environment,
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            FirstAnswer.answered.wait(10)
            process.kill()
            process.wait()

        once()
        floor = median_ms(once, times)
    server.shutdown()
    return floor


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


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


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


def tree_mb() -> float:
    """Return the proportional memory of the server and all its descendants."""
    root = stack.status(PORT)["pid"]
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(proportional_mb(pid) for pid in family)


def proportional_mb(pid: int) -> float:
    """Return the memory of a process with shared pages divided among their users (Linux)."""
    try:
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


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


def main() -> None:
    """Measure everything on one emulator of its own."""
    rows: list[Row] = []
    stack.down(PORT)
    shutil.rmtree(stack.data_directory(PORT), ignore_errors=True)
    first = start_seconds()  # before anything else has read the libraries
    stack.down(PORT)
    imports = imports_seconds()
    again = sorted(_restart() for _ in range(3))[1]
    rows.append(Row("ready, the first time after set-up", first, imports, "s", "6 s", first <= 6))
    rows.append(Row("ready (floor: its imports)", again, imports, "s", "3 s", again <= 3))
    try:
        idle = resident_mb(stack.status(PORT)["pid"])
        aws = client()
        cold_floor, cold = cold_floor_ms(15), cold_ms(aws, 15)
        rows.append(
            Row(
                "cold invoke (floor: Python + runtime client)",
                cold,
                cold_floor,
                "ms",
                "1.5 x",
                cold <= 1.5 * cold_floor,
            )
        )
        create(aws, "warm", ANSWERER)
        times_ms(lambda: aws.invoke(FunctionName="warm"), 50)
        dry = times_ms(lambda: aws.invoke(FunctionName="warm", InvocationType="DryRun"), 300)
        warm = times_ms(lambda: aws.invoke(FunctionName="warm"), 300)
        dry_median, warm_median = sorted(dry)[150], sorted(warm)[150]
        rows.append(
            Row("warm invoke (floor: DryRun)", warm_median, dry_median, "ms", "2 x", warm_median <= 2 * dry_median)
        )
        rows.append(
            Row(
                "warm invoke, p95 (floor: its median)",
                p95(warm),
                warm_median,
                "ms",
                "2 x",
                p95(warm) <= 2 * warm_median,
            )
        )
        for name, call in (("boto3", boto3_call), ("signed HTTP", http_call)):
            dry_rate, rate = per_second(call, "DryRun"), per_second(call, "RequestResponse")
            rows.append(Row(f"8 clients, {name} (floor: DryRun)", rate, dry_rate, "/s", "450 /s", rate >= 450))
        rows += balancer_rows(rate)
        rows.append(Row("memory, idle after start", idle, None, "MB", "150 MB", idle <= 150))
        bare, each = bare_python_mb(), memory_per_environment(aws)
        rows.append(
            Row("memory, each warm environment (floor: its Python)", each, bare, "MB", "20 MB more", each - bare <= 20)
        )
    finally:
        stack.reset(port=PORT)
        stack.down(PORT)
    show("Emulator", rows, json.dumps({"clients": CLIENTS, "cores": os.cpu_count()}))


def _restart() -> float:
    stack.down(PORT)
    return start_seconds()


if __name__ == "__main__":
    main()
