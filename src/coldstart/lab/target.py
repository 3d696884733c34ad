"""Which AWS a lab runs on: this project's emulator, LocalStack's Docker image, or AWS itself."""

import os
from dataclasses import dataclass
from typing import Any, Final, Literal

import httpx

from coldstart.errors import CourseError

Kind = Literal["dockerless", "localstack", "aws", "other"]
SECONDS: Final = 5

# What a target does not do, and what a reader sees instead.
MISSING: Final[dict[Kind, dict[str, str]]] = {
    "localstack": {
        "cpu-share": "LocalStack's Docker image gives every function the whole machine, whatever its memory setting",
        "memory-limit": "LocalStack's Docker image does not enforce the memory setting",
    },
}


class TargetError(CourseError):
    """The lab must not or cannot run here; a notebook shows the sentence instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        """IPython's hook for exceptions that render themselves."""
        return [str(self)]


@dataclass(frozen=True)
class Target:
    """Where a lab runs.

    Attributes:
        kind: Which of the known ones.
        name: For a person, such as ``localstack-dockerless 0.1.0``.
        version: Version of the emulator, empty on AWS.
        endpoint: What ``AWS_ENDPOINT_URL`` says, empty on AWS.
        missing: What this target does not do: feature and reason.
        isolation: What keeps functions apart there, for a person; empty where that is AWS's affair.
        time_scale: Factor for Lambda's waits before retries and between health checks.
    """

    kind: Kind
    name: str
    version: str
    endpoint: str
    missing: dict[str, str]
    isolation: str = ""
    time_scale: float = 1.0

    @property
    def sentence(self) -> str:
        """One line for the top of a lab."""
        if self.kind == "aws":
            return f"Running on {self.name}. AWS bills what this lab uses; the clean-up at the end removes all of it."
        return f"Running on {self.name} at {self.endpoint}."


def find() -> Target:
    """Return the target that the environment names.

    With an endpoint set, a Region and credentials that are not set get the emulator's, so that plain ``boto3.client("lambda")`` works.

    Raises:
        TargetError: Nothing answers there, or it would be AWS without ``COLDSTART_TARGET=aws``.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if not endpoint:
        return _aws()
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    if info := _get(endpoint, "/_dockerless/info"):
        version = str(info.get("version", ""))
        isolation = _isolation(info.get("capabilities", {}))
        scale = float(info.get("time_scale", 1))
        name = f"localstack-dockerless {version}".strip()
        return Target("dockerless", name, version, endpoint, {}, isolation, scale)
    if health := _get(endpoint, "/_localstack/health"):
        version = str(health.get("version", ""))
        return Target("localstack", f"LocalStack {version}".strip(), version, endpoint, MISSING["localstack"])
    return Target("other", "an endpoint of another make", "", endpoint, {})


def _isolation(capabilities: dict[str, Any]) -> str:
    if capabilities.get("isolation") != "bubblewrap":
        return "functions were plain processes of that machine"
    if capabilities.get("private_network"):
        return "each function was in a sandbox with a network of its own"
    return "each function was in a sandbox and shared that machine's network"


def _aws() -> Target:
    if os.environ.get("COLDSTART_TARGET") != "aws":
        raise TargetError(
            "AWS_ENDPOINT_URL is not set, so this lab would run in your AWS account and cost money: start the emulator with `make learn`, "
            "or set COLDSTART_TARGET=aws if AWS is what you want."
        )
    import boto3

    session = boto3.Session()
    account = session.client("sts").get_caller_identity()["Account"]
    return Target("aws", f"AWS, account {account}, Region {session.region_name}", "", "", {})


def _get(endpoint: str, path: str) -> dict[str, Any] | None:
    """Return the JSON object at this path, or None when the endpoint has nothing there."""
    try:
        answer = httpx.get(endpoint.rstrip("/") + path, timeout=SECONDS)
        found = answer.json() if answer.status_code == httpx.codes.OK else None
    except httpx.HTTPError as error:
        raise TargetError(f"Nothing answers at {endpoint}: start the emulator with `make up`.") from error
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
