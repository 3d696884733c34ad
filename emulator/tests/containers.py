"""Images of functions: built by the command, pushed over HTTP, deployed."""

from __future__ import annotations

import base64
import itertools
import json
import re
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployed import HANDLERS, ROLE, Function
from localstack_dockerless.images import oci
from servers import COMMAND

PYTHON = "FROM public.ecr.aws/lambda/python:3.13\n"
ACCOUNT = "000000000000"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Reply:
    """An answer of the registry, an error as well."""

    status: int
    headers: Any
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["errors"][0]["code"])


@dataclass(frozen=True)
class Registry:
    """An account's registry, as a tool for images sees it."""

    server: Any
    credentials: str
    address: str = ""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """Send a request to a path, or to a Location."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.credentials:
            named["Authorization"] = f"Basic {base64.b64encode(self.credentials.encode()).decode()}"
        if self.address:
            named["Host"] = self.address
        request = urllib.request.Request(f"{self.server.endpoint}{path}", body, named, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return Reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def upload(self, name: str, blob: bytes) -> Reply:
        """Push a blob in one piece."""
        begun = self.ask("POST", f"/v2/{name}/blobs/uploads/", b"")
        return self.ask("PUT", f"{begun.headers['Location']}?digest={oci.digest(blob)}", blob)

    def push(self, name: str, layout: Path, tag: str) -> str:
        """Push the image of a layout and return its digest."""
        index = json.loads((layout / "index.json").read_bytes())
        digest = str(index["manifests"][0]["digest"])
        for file in (layout / "blobs" / "sha256").iterdir():
            if file.name != digest.removeprefix("sha256:"):
                assert self.upload(name, file.read_bytes()).status == 201
        manifest = (layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()
        done = self.ask("PUT", f"/v2/{name}/manifests/{tag}", manifest, Content_Type=oci.MANIFEST)
        assert done.status == 201, done.body
        return digest


def credentials(ecr: Any) -> str:
    """User and password for a registry."""
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return base64.b64decode(token).decode()


def build(context: Path, dockerfile: str, **files: str | bytes) -> Path:
    """Build an image with the command; files are named with underscores for dots."""
    context.mkdir(parents=True, exist_ok=True)
    for name, content in {"Dockerfile": dockerfile, **files}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (context / name.replace("__", ".")).write_bytes(data)
    output = context / "layout"
    done = image_command("build", str(context), "--output", str(output))
    assert done.returncode == 0, done.stderr
    return output


def image_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, "image", *arguments], capture_output=True, text=True, check=False, timeout=60)


def bare(context: Path, dockerfile: str) -> Path:
    """Build an image with nothing but bash, the libraries it needs, and a runtime in bash."""
    said = subprocess.run(["ldd", "/bin/bash"], capture_output=True, text=True, check=True).stdout
    wanted = {"bin/bash": Path("/bin/bash")} | {
        path.lstrip("/"): Path(path) for path in re.findall(r"(/\S+) \(0x", said)
    }
    copies = ""
    for number, (place, file) in enumerate(wanted.items()):
        context.mkdir(parents=True, exist_ok=True)
        (context / f"file{number}").write_bytes(file.resolve().read_bytes())
        (context / f"file{number}").chmod(0o755)
        copies += f"COPY file{number} /{place}\n"
    (context / "boot").write_bytes((HANDLERS / "image.bash").read_bytes())
    (context / "boot").chmod(0o755)
    return build(
        context, f"FROM scratch\n{copies}COPY boot /boot\nCOPY greeting /etc/greeting\n{dockerfile}", greeting="hello"
    )


class Functions:
    """Makes functions from images, in the account of the other tests."""

    def __init__(self, server: Any) -> None:
        self.server, self.ecr, self.client = server, server.client("ecr"), server.client("lambda")
        self.registry = Registry(server, credentials(self.ecr))
        self.made: list[Function] = []

    def repository(self) -> str:
        """Make one and return its name."""
        name = f"tests/images-{next(_numbers)}"
        self.ecr.create_repository(repositoryName=name)
        return name

    def pushed(self, layout: Path, tag: str = "v1") -> str:
        """Push an image to a repository of its own and return its address."""
        name = self.repository()
        self.registry.push(name, layout, tag)
        return f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{name}:{tag}"

    def create(self, uri: str, **options: Any) -> Function:
        """Make a function that is not waited for."""
        name = f"container-{next(_numbers)}"
        code = {"ImageUri": uri}
        options = {"PackageType": "Image", "Role": ROLE, "MemorySize": 1769, "Code": code} | options
        self.client.create_function(FunctionName=name, **options)
        self.made.append(Function(self.client, name))
        return self.made[-1]

    def clean(self) -> None:
        while self.made:
            self.client.delete_function(FunctionName=self.made.pop().name)
