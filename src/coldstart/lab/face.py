"""What a notebook calls, and what it remembers between its cells."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from coldstart.course import section
from coldstart.errors import CourseError
from coldstart.lab import calls, checking, images, lifelines, readonly, records, table, target

TARGET: Final = "application/vnd.coldstart.target+json"
CHECKS: Final = "application/vnd.coldstart.checks+json"
FACT: Final = "application/vnd.coldstart.fact+json"
ROLE_SECONDS: Final = 12


@dataclass
class _Lab:
    """The lab of this kernel."""

    slug: str
    target: target.Target
    results: dict[str, checking.Result] = field(default_factory=dict)


_labs: list[_Lab] = []


def begin(slug: str) -> None:
    """Begin a lab: say in one line where it runs.

    Args:
        slug: The section, ``14-aliases``.

    Raises:
        CourseError: No such section, nothing answers, or it would be AWS and nobody said so.
    """
    found = section(slug).slug
    _labs[:] = [_Lab(found, target.find())]
    where = _labs[0].target
    told = {"kind": where.kind, "name": where.name, "version": where.version, "isolation": where.isolation}
    _display({TARGET: told, "text/plain": where.sentence})


def check(*names: str) -> None:
    """Look at the account as it is now, and show whether these checks of the lab pass.

    Raises:
        CourseError: The lab has no check of that name, or it has not begun.
    """
    lab = _lab()
    known = checking.load(lab.slug)
    if unknown := [name for name in names if name not in known]:
        raise CourseError(f"There is no check {', '.join(unknown)}; {lab.slug} has {', '.join(known)}.")
    aws = readonly.session(prefix(lab.slug))
    found = [checking.look(known[name], aws) for name in names]
    lab.results.update({result.name: result for result in found})
    records.remember(lab.slug, found)
    _show(found)


def checks() -> None:
    """Show every check of the lab as it was found when its exercise was done; the account may have moved on since."""
    lab = _lab()
    known = checking.load(lab.slug)
    _show([_then(known[name], lab.results.get(name)) for name in known])


def _then(candidate: checking.Check, found: checking.Result | None) -> checking.Result:
    """Return what a check found when it was asked for; one that did not pass, or was never asked for, says so."""
    if found and found.passed:
        return found
    said = f"{found.message} (Found when you last checked it.)" if found else "You have not checked this one."
    again = f'Do the exercise, then run `lab.check("{candidate.name}")`.'
    return checking.Result(candidate.name, candidate.title, passed=False, message=f"{said} {again}")


def fact(identifier: str, value: object) -> None:
    """Put down a result that proves a fact of the course.

    Args:
        identifier: The fact's id, ``lambda.alias.versions.max``.
        value: What this run showed.
    """
    _display({FACT: {"fact": identifier, "value": value}, "text/plain": f"{identifier} = {value}"})


def supports(feature: str) -> bool:
    """Return whether the target does this; otherwise print why it does not.

    Args:
        feature: ``cpu-share`` or ``memory-limit``.
    """
    reason = _lab().target.missing.get(feature)
    if reason:
        print(f"Not on this target: {reason}.")
    return not reason


def waits() -> float:
    """Say how long Lambda's own waits take here, before retries and between health checks, and return the factor.

    Returns:
        1.0 where they take as long as on AWS, less where they are shortened.
    """
    scale = _lab().target.time_scale
    print("Lambda's waits take " + ("their full time." if scale == 1 else f"1/{1 / scale:.0f} of their time here."))
    return scale


def image(slug: str, dockerfile: str, uri: str) -> None:
    """Build a container image and push it to a repository, as ``docker buildx build`` and ``docker push`` do.

    Args:
        slug: The section, ``03-packaging``.
        dockerfile: Its name in the lab's ``functions`` folder, which is also the context of the build.
        uri: The repository's address, a colon, and a tag.

    Raises:
        CourseError: It cannot be built or pushed; the sentence says why.
    """
    images.push(_lab().target, slug, dockerfile, uri)


def locally(slug: str, dockerfile: str) -> AbstractContextManager[str]:
    """Build a container image and run it on this machine, as ``docker run`` does, for as long as a ``with`` block lasts.

    Args:
        slug: The section.
        dockerfile: See `image`.

    Returns:
        What gives the address to which events are posted.
    """
    return images.local(_lab().target, slug, dockerfile)


def traced(xray: Any, since: datetime, count: int = 1, *, sources: Mapping[str, str] | None = None) -> list[calls.Call]:
    """Return the calls of a run from its traces, in the order in which they began; names come without ``coldstart-NN-``.

    Args:
        xray: ``boto3.client("xray")``.
        since: ``datetime.now(UTC)`` from before the run.
        count: Wait until so many attempts of functions are recorded and nothing more comes, for a minute at most.
        sources: Who caused what no traced function did, by the function's name: ``{"worker": "queue"}`` for an event source
            mapping; everything else is the client's.
    """
    name = prefix(_labs[0].slug) if _labs else ""
    return calls.traced(xray, since, count, sources=sources, prefix=name)


def sequence(happened: Sequence[calls.Call], lines: Sequence[str] = ()) -> None:
    """Draw who called whom, from top to bottom: solid where the caller waits, dashed where it does not, ✗ where it fails.

    Args:
        happened: What `traced` returned, calls of one's own (``lab.Call("client", "queue", "SendMessage")``), or both.
        lines: The life lines from left to right, if they are not to stand as they first appear.

    Raises:
        CourseError: No call, or too many life lines.
    """
    alt = lifelines.alternative(happened)
    _display({"image/svg+xml": lifelines.svg(happened, lines), "text/plain": alt}, {"alt": alt})


def settle() -> None:
    """Wait until a new role is known to Lambda: some seconds on AWS, no time elsewhere."""
    if _lab().target.kind == "aws":
        time.sleep(ROLE_SECONDS)


def prefix(slug: str) -> str:
    """Return how the names of everything that a lab makes begin: ``coldstart-14-``."""
    return f"coldstart-{section(slug).number}-"


def _lab() -> _Lab:
    if not _labs:
        raise CourseError('This lab has not begun: run its first cell, the one with `lab.begin("...")`.')
    return _labs[0]


def _show(results: list[checking.Result]) -> None:
    _display(
        {
            CHECKS: [asdict(result) for result in results],
            "text/plain": table.text(results),
            "text/html": table.html(results),
        }
    )


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show one result in several forms; plain Python prints the text."""
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import display
    except ImportError:
        print(data["text/plain"])
        return
    if get_ipython() is None:  # type: ignore[no-untyped-call,unused-ignore]
        print(data["text/plain"])
    else:
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call,unused-ignore]
