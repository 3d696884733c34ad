"""``localstack-dockerless image run``: an image on this machine and no Lambda around it.

It is what `docker run` does with an image that has AWS's Runtime Interface Emulator: one execution environment behind one
address. The Runtime API and the lines of the platform are those of functions on the server; no server is needed.

https://docs.aws.amazon.com/lambda/latest/dg/python-image.html#python-image-test
https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

from __future__ import annotations

import json
import signal
import tempfile
import time
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from localstack_dockerless import sandbox
from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.executor.environment import Environment
from localstack_dockerless.executor.runtime_api import Invocation
from localstack_dockerless.executor.settings import Settings
from localstack_dockerless.executor.variables import function_environment
from localstack_dockerless.images.unpack import InvalidImage, Layer, unpack
from localstack_dockerless.runtimes import RuntimeUnavailable
from localstack_dockerless.sandbox import bubblewrap, rootfs
from localstack_dockerless.services.container_images.launch import Launch

PATH = "/2015-03-31/functions/function/invocations"
"""As of Invoke, for a function whose name is `function`."""
TIMEOUT = 300
MEMORY_MB = 3008
"""What AWS's Runtime Interface Emulator tells a function that has been given neither."""
_NAME = "test_function"
_ARN = f"arn:aws:lambda:us-east-1:012345678912:function:{_NAME}"
_MOST_BYTES = 6 * 1024 * 1024


def run(layout: Path, port: int, variables: Mapping[str, str]) -> int:
    """Serve an image until SIGTERM or SIGINT; the first line printed is the address.

    Args:
        layout: a directory that `image build` wrote.
        port: TCP port on 127.0.0.1; 0 for any.
        variables: environment variables, which win over the image's.

    Returns:
        The exit status.

    Raises:
        DockerlessError: the image cannot be run here.
    """
    with tempfile.TemporaryDirectory(prefix="dockerless-run-") as directory:
        environment = _environment(layout, Path(directory), variables)
        try:
            _serve(environment, port)
        finally:
            environment.stop()
    return 0


def _serve(environment: Environment, port: int) -> None:
    try:
        server = HTTPServer(("127.0.0.1", port), _handler(environment))
    except OSError as error:
        raise DockerlessError(f"Port {port} cannot be used ({error}); choose another one with --port.") from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    print(f"http://127.0.0.1:{server.server_port}{PATH}", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _environment(layout: Path, directory: Path, variables: Mapping[str, str]) -> Environment:
    """Return an execution environment of the image, in which nothing runs yet."""
    try:
        bubblewrap.means()
        launch = Launch(directory / "root", _unpacked(layout, directory / "root"))
        runtime = launch.runtime(directory / "entrypoint.sh")
        if launch.root.alone:
            rootfs.tools()
    except bubblewrap.Unusable as reason:
        raise DockerlessError(f"An image needs bubblewrap to run, and {reason}.") from reason
    except (InvalidImage, RuntimeUnavailable, rootfs.Incomplete) as error:
        raise DockerlessError(f"{layout} cannot be run: {error}") from error
    directory.chmod(0o755)

    def box(runtime_api: str) -> sandbox.Box:
        return sandbox.create(
            sandbox.Spec(
                identifier=f"run-{uuid.uuid4()}",
                command=runtime.command,
                environment=function_environment(
                    _told(), variables, of_runtime=runtime.environment, runtime_api=runtime_api
                ),
                code=directory / "root",
                root=launch.root,
                mounts=runtime.mounts,
                memory_mb=MEMORY_MB,
                directory=directory / "environment",
            )
        )

    settings = Settings(TIMEOUT, MEMORY_MB, "$LATEST", entrypoint_problem=launch.problem(), note=runtime.note)
    return Environment(settings, box, lambda _printed: None)


def _told() -> dict[str, object]:
    """Return what AWS's Runtime Interface Emulator tells a function about itself."""
    return {
        "AWS_LAMBDA_FUNCTION_NAME": _NAME,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": MEMORY_MB,
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/Functions",
        "AWS_LAMBDA_LOG_STREAM_NAME": "$LATEST",
    }


def _unpacked(layout: Path, root: Path) -> dict[str, Any]:
    """Unpack a layout and return the image's configuration."""
    try:
        index = json.loads((layout / "index.json").read_bytes())
        manifest = json.loads(_blob(layout, index["manifests"][0]).read_bytes())
        config: dict[str, Any] = json.loads(_blob(layout, manifest["config"]).read_bytes())
        pairs = list(zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True))
        layers = [Layer(str(one["digest"]), _blob(layout, one), str(diff_id)) for one, diff_id in pairs]
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise DockerlessError(f"{layout} is no image that `image build` wrote ({error!r}).") from error
    unpack(layers, root)
    return config


def _blob(layout: Path, descriptor: Mapping[str, Any]) -> Path:
    algorithm, _, digest = str(descriptor["digest"]).partition(":")
    return layout / "blobs" / algorithm / digest


def _handler(environment: Environment) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests: one after the other, as one environment does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if self.path != PATH or length > _MOST_BYTES:
                self.close_connection = True
                self._answer(404 if self.path != PATH else 413, b"")
                return
            result = environment.invoke(_invocation(self.rfile.read(length)))
            print(result.log, end="", flush=True)
            self._answer(200, result.body)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: what is printed is the function's."""

    return Handler


def _invocation(body: bytes) -> Invocation:
    return Invocation(str(uuid.uuid4()), body or b"{}", _ARN, "", time.time() + TIMEOUT)
