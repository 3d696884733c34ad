"""Public programs, unmodified: skopeo with the registry, and AWS's Runtime Interface Emulator with a handler."""

from __future__ import annotations

import itertools
import json
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from containers import ACCOUNT, PYTHON, build, credentials
from deployed import HANDLERS, eventually
from localstack_dockerless import runtimes as served
from localstack_dockerless.runtimes import interpreters
from servers import free_port

PROGRAMS = Path(__file__).parents[2] / ".venv-programs"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    text = f'{PYTHON}COPY image.py .\nCMD ["image.another"]\n'
    return build(tmp_path_factory.mktemp("image"), text, image__py=(HANDLERS / "image.py").read_text())


@pytest.fixture(scope="module")
def ecr(server):
    return server.client("ecr")


@pytest.fixture
def skopeo(ecr):
    """Runs it; returns what it prints."""
    if not shutil.which("skopeo"):
        pytest.skip("skopeo is not installed: apt-get install skopeo")
    secret = credentials(ecr)

    def run(*words, **variables):
        words = [word.replace("CREDENTIALS", secret) for word in words]
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **variables}
        done = subprocess.run(
            ["skopeo", "--insecure-policy", *words],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def repository(ecr):
    name = f"tools-{next(_numbers)}"
    ecr.create_repository(repositoryName=name)
    return name


def test_skopeo_pushes_and_pulls_an_image(server, ecr, skopeo, repository, layout, tmp_path):
    place = f"docker://127.0.0.1:{server.port}/{repository}:v1"
    skopeo("copy", "--dest-tls-verify=false", "--dest-creds", "CREDENTIALS", f"oci:{layout}:latest", place)
    digest = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
    assert json.loads(skopeo("inspect", "--tls-verify=false", "--creds", "CREDENTIALS", place))["Digest"] == digest
    assert [each["imageDigest"] for each in ecr.list_images(repositoryName=repository)["imageIds"]] == [digest]
    skopeo("copy", "--src-tls-verify=false", "--src-creds", "CREDENTIALS", place, f"oci:{tmp_path / 'back'}:v1")
    pulled = json.loads((tmp_path / "back" / "index.json").read_bytes())
    assert pulled["manifests"][0]["digest"] == digest


def test_skopeo_finds_the_registry_by_its_name_on_aws_through_the_proxy(server, ecr, skopeo, repository, layout):
    place = f"docker://{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{repository}:v2"
    proxy = {"http_proxy": server.endpoint, "https_proxy": server.endpoint}
    skopeo("copy", "--dest-tls-verify=false", "--dest-creds", "CREDENTIALS", f"oci:{layout}:latest", place, **proxy)
    assert [each["imageTag"] for each in ecr.list_images(repositoryName=repository)["imageIds"]] == ["v2"]


@pytest.fixture
def emulator(runtimes, tmp_path):
    """AWS's Runtime Interface Emulator with a handler on a port; its address."""
    name = f"aws-lambda-rie-{'arm64' if platform.machine() == 'aarch64' else 'x86_64'}"
    found = sorted(PROGRAMS.glob(f"lib/python*/site-packages/samcli/local/rapid/{name}"))
    if not found:
        pytest.skip(f"{name} of the SAM CLI is not in {PROGRAMS.name}")
    program = tmp_path / "rie"
    shutil.copyfile(found[0], program)
    program.chmod(0o755)
    port, inner = free_port(), free_port()
    python = interpreters.find("3.13").executable
    client = next(mount.source for mount in served.resolve("python3.13").mounts if mount.target == "/var/runtime")
    addresses = [
        "--runtime-interface-emulator-address",
        f"127.0.0.1:{port}",
        "--runtime-api-address",
        f"127.0.0.1:{inner}",
    ]
    started = subprocess.Popen(
        [program, *addresses, python, "-m", "awslambdaric", "image.another"],
        cwd=HANDLERS,
        env={"PYTHONPATH": f"{client}:{HANDLERS}", "PATH": "/usr/bin:/bin", "LAMBDA_TASK_ROOT": str(HANDLERS)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
    started.terminate()
    started.wait(30)


@pytest.mark.skipif(sys.platform != "linux", reason="the emulator is a program for Linux")
def test_the_runtime_interface_emulator_of_aws_runs_the_same_handler(emulator):
    def invoked():
        try:
            with urllib.request.urlopen(emulator, b"{}") as answer:
                return json.load(answer)
        except urllib.error.URLError:
            return None

    assert eventually(invoked, 60) == "another"
