"""Read a YAML list into models, so that every error names the file and the line.

Facts and questions are both written by hand; whoever mistypes one gets one sentence that points at the place.
"""

from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from coldstart.errors import CourseError
from coldstart.paths import ROOT

T = TypeVar("T", bound="Located")
M = TypeVar("M", bound=BaseModel)


class Where(NamedTuple):
    """A place in a file; its text is ``book/facts/memory-cpu.yaml:12``."""

    path: Path
    line: int

    def __str__(self) -> str:
        inside = self.path.is_relative_to(ROOT)
        return f"{self.path.relative_to(ROOT) if inside else self.path}:{self.line}"


Stamped = tuple[Path, int]
"""A file and the time of its last change, so that what was read from it can be kept until then."""


def stamped(paths: list[Path]) -> tuple[Stamped, ...]:
    """Return each file with its time of change, in nanoseconds."""
    return tuple((path, path.stat().st_mtime_ns) for path in paths)


class Strict(BaseModel):
    """A record with exactly the keys it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Located(Strict):
    """A record with an id that knows where it was written."""

    id: str
    _where: Where = PrivateAttr()

    @property
    def where(self) -> Where:
        """File and line of the record."""
        return self._where


def read(path: Path, shape: TypeAdapter[T], known_keys: frozenset[str]) -> list[T]:
    """Read a file that holds a list of records.

    Args:
        path: The YAML file.
        shape: What each item of the list must be.
        known_keys: Every key that may occur, for the hint when one is mistyped.

    Raises:
        CourseError: The file cannot be read, is not YAML, or an item is not of that shape; with file and line.
    """
    items = _items(path)
    starts = (items.lc.item(index)[0] + 1 for index in range(len(items)))
    return [_placed(path, start, item, shape, known_keys) for start, item in zip(starts, items, strict=True)]


def read_one(path: Path, shape: TypeAdapter[M], known_keys: frozenset[str]) -> M:
    """Read a file that is one record; arguments and errors as ``read``."""
    return _validated(path, 1, _document(path), shape, known_keys)


def refuse_duplicates(records: list[T], what: str) -> None:
    """Raise a CourseError when two records share an id.

    Args:
        records: All records of one kind.
        what: What they are called in the message, ``fact``.
    """
    seen: dict[str, T] = {}
    for record in records:
        if record.id in seen:
            first = seen[record.id].where
            raise CourseError(
                f"{record.where}: the {what} id {record.id!r} is already taken at {first}; choose another."
            )
        seen[record.id] = record


def _items(path: Path) -> CommentedSeq:
    data = _document(path)
    if not isinstance(data, CommentedSeq):
        raise CourseError(f"{Where(path, 1)}: expected a list whose items begin with '- id:'.")
    return data


def _document(path: Path) -> Any:
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{Where(path, 1)}: cannot be read ({error.strerror}); expected a YAML file.") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{Where(path, 1)}: is not UTF-8 text; save it as UTF-8.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split())
        raise CourseError(f"{Where(path, mark.line + 1 if mark else 1)}: is not valid YAML: {problem}.") from error
    except YAMLError as error:
        raise CourseError(f"{Where(path, 1)}: is not valid YAML: {' '.join(str(error).split())}.") from error


def _placed(path: Path, start: int, node: Any, shape: TypeAdapter[T], known_keys: frozenset[str]) -> T:
    record = _validated(path, start, node, shape, known_keys)
    record._where = Where(path, start)
    return record


def _validated(path: Path, start: int, node: Any, shape: TypeAdapter[M], known_keys: frozenset[str]) -> M:
    try:
        return shape.validate_python(_plain(node))
    except ValidationError as error:
        faults = sorted(error.errors(), key=lambda fault: _rank(node, start, fault))
        line = _line_of(node, start, faults[0]["loc"])
        more = f" (and {len(faults) - 1} more here)" if len(faults) > 1 else ""
        raise CourseError(f"{Where(path, line)}: {_sentence(node, faults[0], known_keys)}{more}.") from error


def _plain(node: Any) -> Any:
    """Drop what ruamel adds to carry line numbers."""
    match node:
        case CommentedMap():
            return {str(key): _plain(value) for key, value in node.items()}
        case CommentedSeq():
            return [_plain(value) for value in node]
        case bool() | date():
            return node
    return next((kind(node) for kind in (int, float, str) if isinstance(node, kind)), node)


def _steps(node: Any, loc: tuple[int | str, ...]) -> list[tuple[Any, int | str]]:
    """Follow a location into the document; names that pydantic adds (tags of a union) are not in it and are skipped."""
    steps = []
    for step in loc:
        if (isinstance(node, CommentedMap) and step in node) or (
            isinstance(node, CommentedSeq) and step in range(len(node))
        ):
            steps.append((node, step))
            node = node[step]
    return steps


def _line_of(node: Any, start: int, loc: tuple[int | str, ...]) -> int:
    steps = _steps(node, loc)
    if not steps:
        return start
    parent, step = steps[-1]
    place = parent.lc.key(step) if isinstance(parent, CommentedMap) else parent.lc.item(step)
    return int(place[0]) + 1


def _rank(node: Any, start: int, fault: ErrorDetails) -> tuple[bool, int]:
    """Order faults: a mistyped key before the key that is missing because of it, then from top to bottom."""
    return fault["type"] != "extra_forbidden", _line_of(node, start, fault["loc"])


def _sentence(node: Any, fault: ErrorDetails, known_keys: frozenset[str]) -> str:
    """Say what is wrong and what is expected, without a full stop."""
    inside = [f"[{step}]" if isinstance(step, int) else f".{step}" for _, step in _steps(node, fault["loc"])]
    name = "".join(inside).lstrip(".") or "the item"
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return _stranger(str(fault["loc"][-1]), known_keys)
    wanted = {
        "missing": "needs the key {last!r}",
        "model_type": "must be keys with values, such as 'id: ...'",
        "model_attributes_type": "must be keys with values, such as 'id: ...'",
        "union_tag_not_found": "needs the key {discriminator}",
        "union_tag_invalid": "has {discriminator} {tag!r}; expected {expected_tags}",
    }
    if kind in wanted:
        return f"{name} {wanted[kind].format(last=fault['loc'][-1] if fault['loc'] else '', **context)}"
    message = str(context["error"]) if kind == "value_error" else f"{fault['msg'][0].lower()}{fault['msg'][1:]}"
    return f"{name}: {message}"


def _stranger(key: str, known_keys: frozenset[str]) -> str:
    near = get_close_matches(key, known_keys - {key}, n=1)
    return f"{key!r} is not a key that belongs here" + (f"; did you mean {near[0]!r}?" if near else "; remove it")
