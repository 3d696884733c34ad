"""What the benchmarks of the emulator share: functions on a server of their own, the least Runtime API, memory."""

import http.server
import io
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from _role import execution_role
from botocore.config import Config

from coldstart import stack
from coldstart.paths import EMULATOR

PORT = 4599
HANDLER = "def handler(event, context):\n    return event\n"
SERVER_PYTHON = EMULATOR / ".venv" / "bin" / "python"
RUNTIME = EMULATOR / ".venv" / "share" / "localstack-dockerless" / "runtimes" / "python3.13"
CLIENTS = 8


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


def create(aws, name: str, code: str = HANDLER, **configuration) -> None:
    """Create a function, with one whole vCPU if nothing else is said, and wait until it is active."""
    aws.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role(client("iam")),
        Code={"ZipFile": package(code)},
        **{"MemorySize": 1769, "Timeout": 10, **configuration},
    )
    aws.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.01, "MaxAttempts": 1000})


class FirstAnswer(http.server.BaseHTTPRequestHandler):
    """The least Runtime API: one event, and a count of the answers."""

    protocol_version = "HTTP/1.1"
    answered = threading.Semaphore(0)

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
        self.answered.release()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Stay quiet."""


class FirstAnswers(http.server.ThreadingHTTPServer):
    """Serves them; that the client is killed afterwards is no error."""

    request_queue_size = 128

    def handle_error(self, *_):
        """Stay quiet."""


@contextmanager
def bare_runtimes(code: str) -> Iterator[Callable[[int], None]]:
    """Give what starts this many Pythons with AWS's runtime client and waits until each has answered once.

    It is the floor of cold starts: no sandbox, no limits, no gateway.
    """
    server = FirstAnswers(("127.0.0.1", 0), FirstAnswer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(code)
        environment = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "LAMBDA_TASK_ROOT": folder,
            "PYTHONPATH": f"{RUNTIME}:{folder}",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        }
        command = [os.path.realpath(sys.executable), "-m", "awslambdaric", "app.handler"]

        def answer(count: int) -> None:
            quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
            started = [subprocess.Popen(command, cwd=folder, env=environment, **quiet) for _ in range(count)]
            for _ in started:
                if not FirstAnswer.answered.acquire(timeout=60):
                    raise SystemExit("The floor of cold starts cannot be measured: a bare runtime gave no answer.")
            for process in started:
                process.kill()
                process.wait()

        yield answer
    server.shutdown()


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


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
