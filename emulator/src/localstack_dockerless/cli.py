"""The command `localstack-dockerless`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localstack_dockerless import __version__
from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.server import launcher
from localstack_dockerless.server.settings import DEFAULT_PORT, NETWORKS, Settings, resolve

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0; 1 when it failed or, for `status`, nothing runs; 2 for a wrong command line; 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except DockerlessError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("localstack-dockerless", description="LocalStack that needs no Docker.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    start = _command(commands, "start", _start, "start a server and wait until it is ready")
    start.add_argument("--time-scale", type=float, metavar="X", help="scale the services' waits, such as 0.05")
    start.add_argument("--network", choices=NETWORKS, help="host: functions share the machine's network")
    start.add_argument("--foreground", action="store_true", help="stay until Ctrl-C")
    _command(commands, "stop", _stop, "stop the server")
    _json(_command(commands, "status", _status, "say what is running; exit status 1 when nothing is"))
    reset = _command(commands, "reset", _reset, "forget all functions, queues, logs, ...")
    reset.add_argument("--account", metavar="123456789012", help="only what this account has")
    permissions = _command(commands, "permissions", _permissions, "ask or say whether an account's policies decide")
    permissions.add_argument("account", metavar="ACCOUNT", help="its 12 digits")
    permissions.add_argument("wish", nargs="?", choices=("on", "off"), help="nothing: only ask")
    _json(_command(commands, "doctor", _doctor, "say what this machine offers for running functions", server=False))
    _network_commands(commands)
    runtimes = _command(
        commands, "runtimes", _runtimes, "list, or install, what runs each Lambda runtime", server=False
    )
    runtimes.add_argument("arguments", nargs=argparse.REMAINDER, metavar="[list|install]")
    image = _command(
        commands, "image", _image, "build a container image of a function, or run it, without Docker", server=False
    )
    image.add_argument("arguments", nargs=argparse.REMAINDER, metavar="build|run ...")
    return parser


def _network_commands(commands: Any) -> None:
    text = "serve a place in a VPC or on the internet from this machine; without a place, list those that are served"
    host = _command(commands, "host", _host, text)
    host.add_argument("place", nargs="?", metavar="PLACE", help="10.0.1.5:5432, or example.com:80")
    host.add_argument("target", nargs="?", metavar="TARGET", help="what listens on this machine, 127.0.0.1:5432")
    host.add_argument("--subnet", help="of a place in a VPC")
    host.add_argument("--security-group", action="append", default=[], help="of a place in a VPC; may be repeated")
    host.add_argument("--name", help="that functions resolve to the address of a place in a VPC")
    host.add_argument("--remove", action="store_true", help="serve it no longer")
    why = _command(commands, "why", _why, "explain hop by hop why a function reaches a target or not")
    why.add_argument("function", metavar="FUNCTION")
    why.add_argument("target", metavar="TARGET", help="s3, internet, 10.0.1.5:5432, example.com:443, or an ARN")
    _json(why)
    for command in (host, why):
        command.add_argument("--account", metavar="123456789012", default="000000000000")
        command.add_argument("--region", default="us-east-1")


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, *, server: bool = True
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(command=run)
    if server:
        command.add_argument("--port", type=int, help=f"default {DEFAULT_PORT}")
        command.add_argument("--data", metavar="DIR", help="everything the server writes is below it")
    return command


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="for programs")


def _settings(options: argparse.Namespace) -> Settings:
    return resolve(options.port, options.data, getattr(options, "time_scale", None), getattr(options, "network", None))


def _start(options: argparse.Namespace) -> int:
    settings = _settings(options)
    print(launcher.start(settings, foreground=options.foreground), flush=True)
    if options.foreground:
        launcher.follow(settings)
    return 0


def _stop(options: argparse.Namespace) -> int:
    print(launcher.stop(_settings(options)))
    return 0


def _status(options: argparse.Namespace) -> int:
    found = launcher.status(_settings(options))
    if options.json:
        print(json.dumps(found, indent=2))
    elif found["running"]:
        print(f"Running at {found['endpoint']} since {found['started_at']} (data in {found['data']}).")
        print(f"Functions run in isolation by: {found['executor']['isolation']}.")
    else:
        print(f"No server is running on port {found['port']}.")
    return 0 if found["running"] else 1


def _reset(options: argparse.Namespace) -> int:
    print(launcher.reset(_settings(options), options.account))
    return 0


def _permissions(options: argparse.Namespace) -> int:
    print(launcher.permissions(_settings(options), options.account, options.wish))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from localstack_dockerless import capabilities
    from localstack_dockerless.doctor import describe

    report = capabilities.report()
    print(json.dumps(report, indent=2) if options.json else describe(report))
    return 0


def _host(options: argparse.Namespace) -> int:
    from localstack_dockerless.server import questions

    settings = _settings(options)
    if options.remove and options.place:
        questions.remove_host(settings, options.account, options.place)
        print(f"{options.place} is served no longer.")
        return 0
    if options.place and not options.target:
        raise DockerlessError("Say what listens on this machine, such as 127.0.0.1:5432.")
    if options.place:
        given = {
            "place": options.place,
            "to": options.target,
            "subnet": options.subnet,
            "security_groups": options.security_group,
            "name": options.name,
            "account": options.account,
            "region": options.region,
        }
        print(questions.describe_host(questions.add_host(settings, given)))
        return 0
    for host in questions.hosts(settings):
        print(questions.describe_host(host))
    return 0


def _why(options: argparse.Namespace) -> int:
    from localstack_dockerless.server import questions

    found = questions.why(_settings(options), options.function, options.target, options.account, options.region)
    print(json.dumps(found, indent=2) if options.json else questions.describe(found))
    return 0


def _runtimes(options: argparse.Namespace) -> int:
    from localstack_dockerless.runtimes import cli
    from localstack_dockerless.server import catalog

    status = cli.main(options.arguments)
    if status == 0 and "install" in options.arguments:
        catalog.install()
    return status


def _image(options: argparse.Namespace) -> int:
    from localstack_dockerless.images import cli

    return cli.main(options.arguments, _run_image)


def _run_image(layout: Path, port: int, variables: Mapping[str, str]) -> int:
    from localstack_dockerless.services.container_images import local

    return local.run(layout, port, variables)


if __name__ == "__main__":
    sys.exit(main())
