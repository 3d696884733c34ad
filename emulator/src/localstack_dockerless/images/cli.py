"""``localstack-dockerless image build``: an image from a Dockerfile or from options, without Docker."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.images import dockerfile
from localstack_dockerless.images.build import Build
from localstack_dockerless.images.dockerfile import Instruction


def main(argv: list[str] | None = None) -> int:
    """Build an image; return the exit status."""
    options = _parser().parse_args(argv)
    build = Build(Path(options.context))
    build.run(_instructions(options))
    print(build.write(Path(options.output), options.tag))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("localstack-dockerless image", description="Container images without Docker.")
    build = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
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
    return parser


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
