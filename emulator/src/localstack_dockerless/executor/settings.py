"""What an execution environment is told about the function it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_dockerless.executor.extensions import Function
from localstack_dockerless.executor.lines import Lines, TextLines

INIT_LIMIT = 10.0
"""Seconds for INIT on demand; after that it is repeated within the first invocation."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a function's configuration says about its environments.

    Attributes:
        timeout: Seconds an invocation may take.
        memory_mb: Configured memory.
        version: "$LATEST" or a number, for the START line.
        init_limit: Seconds for INIT.
        provisioned: Whether INIT happens ahead of invocations and is not billed with one.
        lines: How the platform's own lines are written.
        note: A line the log of the first invocation begins with, or nothing.
        entrypoint_problem: Why the program that the function brings as its runtime cannot be started, or nothing.
        function: What extensions are told of it.
        function_arn: As the function was created.
        about: What the start of INIT says of the environment; see `records.init_start`.
        external: The files of its external extensions, by name.
    """

    timeout: float
    memory_mb: int
    version: str
    init_limit: float = INIT_LIMIT
    provisioned: bool = False
    lines: Lines = field(default_factory=TextLines)
    note: str = ""
    entrypoint_problem: str = ""
    function: Function = field(default_factory=Function)
    function_arn: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    external: Mapping[str, Path] = field(default_factory=dict)

    @property
    def initialization(self) -> str:
        """How its environments come to be, in Lambda's words."""
        return "provisioned-concurrency" if self.provisioned else "on-demand"
