"""Builds an image from instructions, as `docker build` does, without running anything of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.images import bases, oci
from localstack_dockerless.images.dockerfile import Instruction, expand
from localstack_dockerless.images.layer import layer
from localstack_dockerless.images.packages import Packages

_MACHINES = (
    "/bin",
    "/dev",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/proc",
    "/sbin",
    "/sys",
    "/tmp",  # noqa: S108 - of the image
    "/usr",
    "/var/lang",
)
"""Where an image without a runtime of its own finds what the machine brings."""
IGNORE = ".dockerignore"


class Build:
    """One image in the making.

    Args:
        context: the directory that COPY copies from.
    """

    def __init__(self, context: Path) -> None:
        self._context = context.resolve()
        self._base: bases.Base | None = None
        self._variables: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._entrypoint: list[str] = []
        self._command: list[str] = []
        self._directory = PurePosixPath("/")
        self._files: dict[str, Path | None] = {}
        self._layers: list[bytes] = []
        self._diff_ids: list[str] = []
        self._history: list[dict[str, Any]] = []
        self._packages = Packages()
        self._steps: dict[str, Callable[[Instruction], None]] = {
            "CMD": self._cmd,
            "COPY": self._copy,
            "ENTRYPOINT": self._set_entrypoint,
            "ENV": self._env,
            "FROM": self._from,
            "LABEL": self._label,
            "RUN": self._run,
            "WORKDIR": self._workdir,
        }

    def run(self, instructions: Iterable[Instruction]) -> None:
        """Carry out instructions.

        Raises:
            DockerlessError: one cannot be carried out here; the message names its line.
        """
        with self._packages:
            for instruction in instructions:
                step = self._steps.get(instruction.name)
                if not step:
                    known = ", ".join(sorted(self._steps))
                    raise instruction.refuse(f"{instruction.name} is not supported; supported are {known}.")
                if not self._base and step != self._from:
                    raise instruction.refuse("the first instruction has to be FROM.")
                step(instruction)
        if not self._layers:
            raise DockerlessError("Nothing is copied into the image; add a COPY instruction.")

    def write(self, output: Path, name: str) -> str:
        """Write the image and return its digest.

        Args:
            output: see ``oci.write``.
            name: its tag.
        """
        config = oci.encoded(self._config())
        manifest = oci.encoded(
            {
                "schemaVersion": 2,
                "mediaType": oci.MANIFEST,
                "config": oci.descriptor(oci.CONFIG, config),
                "layers": [oci.descriptor(oci.LAYER, content) for content in self._layers],
            }
        )
        oci.write(output, [config, *self._layers], manifest, name)
        return oci.digest(manifest)

    def _config(self) -> dict[str, Any]:
        """Return the configuration. https://github.com/opencontainers/image-spec/blob/main/config.md."""
        return {
            "architecture": bases.architecture(),
            "os": "linux",
            "config": {
                "Env": [f"{name}={value}" for name, value in self._variables.items()],
                "Entrypoint": self._entrypoint,
                "Cmd": self._command,
                "WorkingDir": str(self._directory),
                "Labels": self._labels,
            },
            "rootfs": {"type": "layers", "diff_ids": self._diff_ids},
            "history": self._history,
        }

    def _from(self, instruction: Instruction) -> None:
        if self._base:
            raise instruction.refuse("a second FROM (a build in stages) is not supported.")
        words = [word for word in instruction.words() if not word.startswith("--platform=")]
        base = bases.find(words[0]) if len(words) == 1 else None
        if not base:
            raise instruction.refuse(
                f"{instruction.value!r} is not a base that is there; there are scratch and those of AWS for the runtimes "
                "that `localstack-dockerless runtimes` lists, such as public.ecr.aws/lambda/python:3.13."
            )
        self._base = base
        self._variables, self._labels = dict(base.variables), base.labels
        self._entrypoint, self._directory = list(base.entrypoint), PurePosixPath(base.working_directory)
        self._files = {"/": None, base.working_directory: None}

    def _env(self, instruction: Instruction) -> None:
        self._variables |= self._pairs(instruction)
        self._note(instruction)

    def _label(self, instruction: Instruction) -> None:
        self._labels |= self._pairs(instruction)
        self._note(instruction)

    def _pairs(self, instruction: Instruction) -> dict[str, str]:
        pairs = [word.partition("=") for word in instruction.words()]
        if not pairs or not all(name and equals for name, equals, _ in pairs):
            raise instruction.refuse(f"{instruction.value!r} is not NAME=VALUE.")
        return {name: expand(value, self._variables) for name, _, value in pairs}

    def _cmd(self, instruction: Instruction) -> None:
        self._command = instruction.command()
        self._note(instruction)

    def _set_entrypoint(self, instruction: Instruction) -> None:
        """An ENTRYPOINT makes the base's CMD void."""
        self._entrypoint = instruction.command()
        self._note(instruction)

    def _workdir(self, instruction: Instruction) -> None:
        self._directory = self._place(instruction.value)
        if str(self._directory) not in self._files:
            self._add(instruction, {str(self._directory): None})

    def _place(self, text: str) -> PurePosixPath:
        """Return an absolute path in the image, without ``..``."""
        parts: list[str] = []
        for part in (self._directory / expand(text, self._variables)).parts[1:]:
            if part == "..":
                parts = parts[:-1]
            else:
                parts.append(part)
        return PurePosixPath("/", *parts)

    def _copy(self, instruction: Instruction) -> None:
        *sources, target = [expand(word, self._variables) for word in instruction.words()] or [""]
        if not sources or sources[0].startswith("--"):
            raise instruction.refuse("COPY takes files and where they go, and no options.")
        found = [file for pattern in sources for file in self._sources(instruction, pattern)]
        place = self._place(target)
        into = target.endswith("/") or len(found) > 1 or self._is_folder(str(place))
        copied: dict[str, Path | None] = {}
        for source in found:
            if source.is_dir() and not source.is_symlink():
                copied |= self._tree(instruction, source, place)
            else:
                copied[str(place / source.name if into else place)] = source
        self._add(instruction, copied)

    def _is_folder(self, place: str) -> bool:
        """Whether the image has a directory there, so that what is copied there goes into it."""
        return any(
            (path == place and source is None) or path.startswith(f"{place}/") for path, source in self._files.items()
        )

    def _sources(self, instruction: Instruction, pattern: str) -> list[Path]:
        """Return the files of the context that a pattern names."""
        inside = pattern.lstrip("/") or "."
        if ".." in PurePosixPath(inside).parts:
            raise instruction.refuse(f"{pattern!r} is outside of {self._context}.")
        found = [self._context] if inside == "." else sorted(self._context.glob(inside))
        if not found:
            raise instruction.refuse(f"{pattern!r} is not in {self._context}.")
        outside = [file for file in found if not file.resolve().is_relative_to(self._context)]
        if outside:
            raise instruction.refuse(f"{outside[0].name!r} is a link that leads out of {self._context}.")
        return found

    def _tree(self, instruction: Instruction, source: Path, place: PurePosixPath) -> dict[str, Path | None]:
        """Return the content of a directory, by its places in the image."""
        if (self._context / IGNORE).exists():
            raise instruction.refuse(f"{IGNORE} is not followed: copy files by their names, or remove it.")
        files: dict[str, Path | None] = {str(place): None}
        for file in sorted(source.rglob("*")):
            is_folder = file.is_dir() and not file.is_symlink()
            files[str(place / file.relative_to(source).as_posix())] = None if is_folder else file
        return files

    def _run(self, instruction: Instruction) -> None:
        """`pip install` only: nothing of an image can be run where it is built."""
        if not self._base or not self._base.runtime.startswith("python"):
            raise instruction.refuse("RUN is supported for `pip install` after a base image for Python only.")
        value = expand(instruction.value, self._variables)
        installed = self._packages.install(instruction, value, self._base.runtime, self._context, self._given)
        target = PurePosixPath(bases.TASK)
        self._add(
            instruction,
            {
                str(target / file.relative_to(installed).as_posix()): file
                for file in installed.rglob("*")
                if not file.is_dir()
            },
        )

    def _given(self, name: str) -> Path | None:
        """Return what was copied to a place in the image."""
        return self._files.get(str(self._place(name)))

    def _add(self, instruction: Instruction, files: dict[str, Path | None]) -> None:
        self._check_places(instruction, files)
        content, diff_id = layer(files)
        self._files |= files
        self._layers.append(content)
        self._diff_ids.append(diff_id)
        self._history.append(_history(instruction))

    def _check_places(self, instruction: Instruction, files: Iterable[str]) -> None:
        if not self._base or not self._base.runtime:
            return
        for path in files:
            for taken in _MACHINES:
                if path == taken or path.startswith(f"{taken}/"):
                    raise instruction.refuse(
                        f"{taken} is the machine's in an image on this base; choose another place than {path}."
                    )

    def _note(self, instruction: Instruction) -> None:
        self._history.append(_history(instruction) | {"empty_layer": True})


def _history(instruction: Instruction) -> dict[str, Any]:
    return {"created_by": f"{instruction.name} {instruction.value}"}
