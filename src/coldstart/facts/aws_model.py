"""Proofs by the API model that botocore carries: constraints of shapes and figures in their documentation."""

import html
import re
from functools import cache
from typing import Any, Final

from coldstart.facts.model import ModelDocProof, ModelProof, Value
from coldstart.facts.outcome import Outcome, compared

NUMBER_WORDS: Final = {
    word: number
    for number, words in enumerate(
        (
            "zero none",
            "one once a an",
            "two twice second",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
        )
    )
    for word in words.split()
}


def prove_model(proof: ModelProof, value: Value) -> Outcome:
    """Compare a constraint of a shape with the value."""
    *path, constraint = proof.at.split(".")
    try:
        found = _constraint(_shape(proof.service, tuple(path)), constraint)
    except LookupError as error:
        return Outcome("failed", f"botocore's model of {proof.service} has no {proof.at} (at {error})")
    if proof.compare == "contains":
        return Outcome("passed" if value in found else "failed", f"one of {len(found)}")
    return compared(found, value)


def prove_doc(proof: ModelDocProof, value: Value) -> Outcome:
    """Search the documentation for the value; every place where the pattern matches must agree."""
    try:
        text = documentation(proof.service, proof.at)
    except LookupError as error:
        return Outcome("failed", f"botocore's model of {proof.service} has no {proof.at} (at {error})")
    said = {match[1] for match in re.finditer(proof.regex, text)}
    found = said if isinstance(value, str) else {_number(words, proof.scale) for words in said}
    if len(found) != 1:
        return Outcome(
            "failed", f"the pattern finds {sorted(map(str, found)) or 'nothing'} in the documentation of {proof.at}"
        )
    return compared(found.pop(), value)


def documentation(service: str, at: str) -> str:
    """Return the documentation of a shape, a member or ``operations.NAME`` as plain text.

    Raises:
        LookupError: There is no such thing in the model.
    """
    first, *rest = at.split(".")
    if first == "operations":
        raw = _service(service)._service_description["operations"][rest[0]]["documentation"]
    else:
        raw = _shape(service, (first, *rest)).documentation
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", raw)).split())


@cache
def _service(name: str) -> Any:
    import botocore.session
    from botocore.exceptions import UnknownServiceError

    try:
        return botocore.session.get_session().get_service_model(name)
    except UnknownServiceError as error:
        raise LookupError(name) from error


@cache
def _shape(service: str, path: tuple[str, ...]) -> Any:
    from botocore.model import NoShapeFoundError

    try:
        shape = _service(service).shape_for(path[0])
    except NoShapeFoundError as error:
        raise LookupError(path[0]) from error
    for name in path[1:]:
        shape = shape.members[name] if shape.type_name == "structure" else _element(shape, name)
    return shape


def _element(shape: Any, name: str) -> Any:
    if name not in ("member", "key", "value") or not hasattr(shape, name):
        raise LookupError(name)
    return getattr(shape, name)


def _constraint(shape: Any, name: str) -> Any:
    match name:
        case "members" if shape.type_name == "structure":
            return list(shape.members)
        case "required" if shape.type_name == "structure":
            return list(shape.required_members)
        case "location_name":
            return shape.serialization["name"]
    return shape.metadata[name]


def _number(text: str, scale: float) -> int | float | str:
    plain = text.replace(",", "").lower()
    if plain in NUMBER_WORDS:
        return NUMBER_WORDS[plain] * scale
    return float(plain) * scale if re.fullmatch(r"-?\d+(\.\d+)?", plain) else text
