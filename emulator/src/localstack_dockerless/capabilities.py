"""What this machine has for running functions, and what each missing part changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

from localstack_dockerless import runtimes
from localstack_dockerless.runtimes import interpreters, node, python
from localstack_dockerless.sandbox import bubblewrap, cgroups, network
from localstack_dockerless.sandbox.supervisor import supervisor


def report() -> dict[str, Any]:
    """Return what isolates and limits functions here, which runtimes there are, and what is missing.

    Returns:
        ``isolation`` ("bubblewrap" or "plain process"), ``bubblewrap`` (its version, or why it is not used),
        ``network`` (what functions are in), ``private_network`` (whether each environment has one of its own),
        ``user_namespaces`` (whether this user may make them), ``cgroup`` (``version``, ``controllers``, ``reason``),
        ``memory``, ``cpu``, ``tmp``, ``processes``, ``freezing`` (how each is enforced), ``interpreters`` (release and
        place per Python version), ``node`` (release or None), ``runtimes`` (available, fallback note or reason per
        identifier) and ``missing``: a list of ``part``, ``effect`` (one sentence) and ``remedy`` (a command).
    """
    sandbox, groups = _sandbox(), _groups()
    found = {version: interpreters.find(version) for version in python.VERSIONS}
    answer: dict[str, Any] = {
        **sandbox,
        "user_namespaces": _user_namespaces(),
        "cgroup": groups,
        **_network(),
        **_enforcement(groups["controllers"], sandbox["isolation"] == "bubblewrap"),
        "interpreters": {version: f"{each.release} in {each.prefix}" for version, each in found.items() if each},
        "node": node.release(),
        "runtimes": {
            name: _runtime(name) for name in (*python.IDENTIFIERS, *node.IDENTIFIERS, *runtimes.provided.IDENTIFIERS)
        },
    }
    return answer | {"missing": _missing(answer)}


def _sandbox() -> dict[str, str]:
    try:
        program = bubblewrap.means().program
    except bubblewrap.Unusable as reason:
        return {"isolation": "plain process", "bubblewrap": f"not used: {reason}"}
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()[-1]
    return {"isolation": "bubblewrap", "bubblewrap": version}


def _network() -> dict[str, Any]:
    try:
        network.helper()
    except network.Unusable as reason:
        return {"network": f"the machine's, told apart by its own endpoint ({reason})", "private_network": False}
    return {"network": "a network namespace for each environment", "private_network": True}


def _user_namespaces() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode == 0


def _groups() -> dict[str, Any]:
    found = cgroups.find()
    versions = sorted(
        {f"v{version}" for version, _ in found.controllers.values()} | ({"v2"} if found.unified else set())
    )
    return {
        "version": " and ".join(versions) or "none",
        "controllers": sorted(found.controllers),
        "reason": found.reason,
    }


def _enforcement(controllers: list[str], sandboxed: bool) -> dict[str, str]:
    """Say how each limit is held."""
    private = supervisor().private_mounts
    tmp = "a file system in memory of the configured size" + ("" if private else ", emptied when the runtime restarts")
    loose = "a directory of its own" + (" of the configured size" if private else ", size not enforced")
    return {
        "memory": "control group and measurement" if "memory" in controllers else "measured every 10 ms",
        "cpu": "control group" if "cpu" in controllers else "stopped and resumed by signals",
        "tmp": tmp if sandboxed else f"{loose}; /tmp itself is the machine's, functions are told by TMPDIR",
        "processes": _processes(controllers, sandboxed),
        "freezing": "control group" if cgroups.find().freezes else "SIGSTOP",
    }


def _processes(controllers: list[str], sandboxed: bool) -> str:
    if "pids" in controllers:
        return "control group"
    if not sandboxed:
        return "not enforced"
    return "RLIMIT_NPROC" + (", counted over all environments" if bubblewrap.means().drops else "")


def _runtime(identifier: str) -> dict[str, Any]:
    try:
        return {"available": True, "note": runtimes.resolve(identifier).note}
    except runtimes.RuntimeUnavailable as reason:
        return {"available": False, "note": str(reason)}


def _missing(answer: dict[str, Any]) -> list[dict[str, str]]:
    """List what this machine lacks, what that changes, and what mends it."""
    return [
        {"part": part, "effect": effect, "remedy": remedy}
        for lacks, part, effect, remedy in (
            (answer["isolation"] != "bubblewrap", "bubblewrap", _PLAIN, _bubblewrap_remedy()),
            (len(answer["cgroup"]["controllers"]) < len(cgroups.CONTROLLERS), "control groups", _PORTABLE, _DELEGATE),
            (not answer["private_network"], "network namespaces", _SHARED, _network_remedy()),
            (not answer["node"], "node", "Functions with a Node.js runtime cannot be run.", _apt("nodejs")),
            *((not entry["available"], name, f"Functions with the runtime {name} cannot be run.", _python_remedy(name))
              for name, entry in answer["runtimes"].items() if name in python.IDENTIFIERS),
        )
        if lacks
    ]  # fmt: skip


_PLAIN = (
    "Functions run as plain processes of the server's user: they see the whole machine and can write where it can,"
    " /var/task, /opt and /tmp are found through environment variables only, and /tmp is not limited."
)
_PORTABLE = "CPU share and freezing are kept by signals and memory by measuring every 10 ms, all a little less exact than by the kernel."
_DELEGATE = "systemd-run --user --scope -p Delegate=yes localstack-dockerless start"


_SHARED = (
    "Functions share the machine's network: what is unreachable in their VPC is held back only where they go by AWS_ENDPOINT_URL,"
    " and they reach other addresses, each other's ports and the server's own port as any program here does."
)


def _network_remedy() -> str:
    if os.environ.get("DOCKERLESS_NETWORK") == "host":
        return "localstack-dockerless start --network private"
    if shutil.which("bwrap") and not shutil.which("nsenter"):
        return _apt("util-linux")
    return _bubblewrap_remedy()


def _bubblewrap_remedy() -> str:
    if not shutil.which("bwrap"):
        return _apt("bubblewrap")
    return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1"


def _apt(package: str) -> str:
    return f"{'' if os.geteuid() == 0 else 'sudo '}apt-get install {package}"


def _python_remedy(identifier: str) -> str:
    if interpreters.find(identifier.removeprefix("python")):
        return "localstack-dockerless runtimes install"
    return f"uv python install {identifier.removeprefix('python')} && localstack-dockerless runtimes install"
