"""Which parts of LocalStack and moto this package corrects, and how each looked when its correction was written.

A correction holds for the code it was written against. The record beside this module has one line for each function that
is replaced or overridden: its name, a digest of its source, and the module that corrects it. A newer LocalStack or moto
changes the digests of what it changed, and a test names them; who has read the new code and made sure that the correction
still fits types `python tests/corrections/record.py` in `emulator/`, which writes the record anew.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import inspect
import os
import pkgutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

RECORD = Path(__file__).with_name("corrected.txt")
OURS = "localstack_dockerless"
THEIRS = ("localstack.", "moto.", "rolo.", "samtranslator.")


class Corrected(NamedTuple):
    """One function of theirs that is not used as it is."""

    name: str
    digest: str
    by: str


def corrected() -> list[Corrected]:
    """Everything that is replaced or overridden once every service is loaded, by name."""
    _load_everything()
    return sorted({*_replaced(), *_overridden()})


def _load_everything() -> None:
    for group in ("localstack.aws.provider", "localstack.lambda.runtime_executor"):
        for entry in importlib.metadata.entry_points(group=group):
            if entry.value.startswith(OURS):
                plugin = entry.load()
                plugin().load() if inspect.isclass(plugin) else plugin.factory().create_service()
    package = importlib.import_module(OURS)
    for module in pkgutil.walk_packages(package.__path__, f"{OURS}."):
        if not module.name.endswith("__main__") and ".files." not in module.name:
            importlib.import_module(module.name)


def _replaced() -> Iterator[Corrected]:
    from localstack.utils.patch import Patch

    for patch in Patch.applied_patches:
        by = _module(getattr(patch.new, "__subject__", patch.new))
        if by.startswith(OURS) and not _module(patch.old).startswith(OURS):
            owner = patch.obj.__name__ if inspect.ismodule(patch.obj) else f"{patch.obj.__module__}:{_name(patch.obj)}"
            yield Corrected(f"{owner}.{patch.name}", _digest(patch.old), by)


def _overridden() -> Iterator[Corrected]:
    for ours in _classes():
        for base in inspect.getmro(ours)[1:]:
            if _module(base).startswith(THEIRS):
                for name in vars(ours).keys() & vars(base).keys():
                    if _is_written(vars(base)[name]):
                        where = f"{base.__module__}:{base.__qualname__}.{name}"
                        yield Corrected(where, _digest(vars(base)[name]), ours.__module__)


def _classes() -> Iterator[type]:
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS):
            yield from (cls for cls in vars(module).values() if inspect.isclass(cls) and cls.__module__ == name)


def _module(what: Any) -> str:
    return str(getattr(what, "__module__", type(what).__module__))


def _name(what: Any) -> str:
    return str(getattr(what, "__qualname__", type(what).__qualname__))


def _is_written(what: Any) -> bool:
    """Whether it is a function with a source of its own, not one that `dataclass` made."""
    return inspect.isfunction(what) and what.__module__ != "dataclasses" and what.__code__.co_filename[:1] != "<"


def _digest(what: Any) -> str:
    """Of the source as it was before any patch; of a class only its kind, as its methods have lines of their own."""
    original = inspect.unwrap(what) if callable(what) else what
    original = getattr(original, "__func__", original)
    if not _is_written(original):
        return type(original).__name__
    return hashlib.sha256(textwrap.dedent(inspect.getsource(original)).encode()).hexdigest()[:16]


def lines(found: list[Corrected]) -> str:
    """The record's text."""
    return "".join(f"{entry.name} {entry.digest} {entry.by}\n" for entry in found)


def _as_the_server() -> None:
    """The same environment as the server's, as some corrections depend on it."""
    from localstack_dockerless.server.environment import server_environment
    from localstack_dockerless.server.settings import Settings

    os.environ.update(server_environment(Settings(port=1, data=Path(tempfile.mkdtemp()), time_scale=0.5)))


if __name__ == "__main__":
    _as_the_server()
    text = lines(corrected())
    if sys.argv[1:] == ["--print"]:
        print(text, end="")
    else:
        RECORD.write_text(text)
