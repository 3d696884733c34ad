"""``localstack-dockerless image``: an image from a Dockerfile or from options, without Docker; `run` is for whoever calls."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.images import dockerfile
from localstack_dockerless.images.build import Build
from localstack_dockerless.images.dockerfile import Instruction

Run = Callable[[Path, int, Mapping[str, str]], int]
"""Runs the image of a layout behind a port, with further environment variables; returns the exit status."""


def main(argv: list[str] | None, run: Run) -> int:
    """Build an image, or have one run; return the exit status."""
    options = _parser().parse_args(argv)
    if options.verb == "run":
        return run(Path(options.layout), options.port, dict(_variable(word) for word in options.env))
    build = Build(Path(options.context))
    build.run(_instructions(options))
    print(build.write(Path(options.output), options.tag))
    return 0


def _variable(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not (name and equals):
        raise DockerlessError(f"--env: {word!r} is not NAME=VALUE.")
    return name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("localstack-dockerless image", description="Container images without Docker.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    _add_build(verbs)
    words = "Run an image by itself; print where it takes events, and then its log."
    run = verbs.add_parser("run", help="run an image by itself, without a server", description=words)
    run.add_argument("layout", help="the directory that `image build` wrote")
    run.add_argument("--port", type=int, default=9000, help="TCP port on 127.0.0.1 (default: 9000; 0: any)")
    run.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    return parser


def _add_build(verbs: Any) -> None:
    build = verbs.add_parser(
        "build", help="build an image of a function, as an OCI layout", description="Build an image; print its digest."
    )
    build.add_argument("context", nargs="?", default=".", help="the directory that is copied from (default: this one)")
    build.add_argument("-o", "--output", required=True, help="a directory, or a file that ends with .tar")
    build.add_argument("-t", "--tag", default="latest", help="the name of the image in the layout (default: latest)")
    build.add_argument("-f", "--file", help="the Dockerfile (default: Dockerfile in the context)")
    build.add_argument("--from", dest="base", metavar="BASE", help="without a Dockerfile: a runtime, or scratch")
    build.add_argument("--copy", action="append", default=[], metavar="FILE[:PLACE]")
    build.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    build.add_argument("--workdir", metavar="PLACE")
    build.add_argument("--entrypoint", nargs="+", metavar="WORD")
    build.add_argument("--cmd", nargs="+", metavar="WORD")


def _instructions(options: argparse.Namespace) -> list[Instruction]:
    if options.base:
        return list(_given(options))
    file = Path(options.file) if options.file else Path(options.context, "Dockerfile")
    try:
        return dockerfile.read(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise DockerlessError(f"{file} cannot be read ({error}); write it, or use --from and --copy.") from error


def _given(options: argparse.Namespace) -> Iterator[Instruction]:
    """What the options say, in the order of a Dockerfile."""
    yield Instruction(0, "FROM", options.base)
    for word in options.env:
        yield Instruction(0, "ENV", json.dumps(word))
    if options.workdir:
        yield Instruction(0, "WORKDIR", options.workdir)
    for word in options.copy:
        source, _, place = word.partition(":")
        yield Instruction(0, "COPY", f"{json.dumps(source)} {json.dumps(place or './')}")
    for name in ("entrypoint", "cmd"):
        if words := getattr(options, name):
            yield Instruction(0, name.upper(), json.dumps(words))
