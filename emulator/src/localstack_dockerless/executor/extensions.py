"""The Extensions API of one execution environment: who registered, for what, and who is ready for the next event.

Error types and words are those of AWS's own Runtime API (aws-lambda-runtime-interface-emulator).

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from localstack_dockerless.executor.http import Connection, answer
from localstack_dockerless.sandbox import Exit

LIMIT = 10
"""Extensions of one function."""
_NOT_ALLOWED = "State transition is not allowed"


class State(Enum):
    """How far an extension is, in the words of the EXTENSION line."""

    STARTED = "Started"
    REGISTERED = "Registered"
    READY = "Ready"
    RUNNING = "Running"
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"
    LAUNCH_ERROR = "LaunchError"
    EXITED = "Exited"


class Refused(Exception):  # noqa: N818 - the answer is an error, this is how it gets there
    """A request is answered with 403.

    Args:
        error_type: "Extension.InvalidExtensionState".
        message: For a person.
    """

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.answer = refusal("403 Forbidden", error_type, message)


@dataclass(frozen=True, slots=True)
class Function:
    """What an extension is told when it registers."""

    name: str = ""
    version: str = "$LATEST"
    handler: str = ""
    account: str = ""


@dataclass(eq=False, slots=True)
class Extension:
    """One extension.

    Attributes:
        internal: Whether it lives in the runtime's process.
        events: What it registered for.
        error_type: Of a failure it reported, or of its launch.
        exit: How its process ended, or None.
        waiting: The connection on which it asked for the next event.
        pending: An event it has not asked for yet.
    """

    name: str
    internal: bool
    state: State = State.STARTED
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    events: tuple[str, ...] = ()
    error_type: str = ""
    exit: Exit | None = None
    waiting: Connection | None = None
    pending: bytes | None = None

    def change(self, to: State, *, among: tuple[State, ...], who: str = "") -> None:
        """Goes to another state.

        Args:
            to: The new one.
            among: The states from which that is possible.
            who: What an error calls the extension; its identifier if nothing else.

        Raises:
            Refused: It is in another state.
        """
        if self.state not in among:
            step = f"State transition from {self.state.value} to {to.value} failed for extension"
            message = f"{step} {who or self.identifier}. Error: {_NOT_ALLOWED}"
            raise Refused("Extension.InvalidExtensionState", message)
        self.state = to


class Extensions:
    """The extensions of one environment.

    Args:
        function: What they extend.

    Attributes:
        function: See above.
        is_open: Whether one can register.
        first_error: "Extension.InitError" or "Extension.ExitError" once an extension has reported a failure.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.restart(())

    def restart(self, external: Iterable[str]) -> None:
        """Everything is about to start anew.

        Args:
            external: The file names of the external extensions.
        """
        self._known = {name: Extension(name, internal=False) for name in external}
        self.is_open = True
        self.first_error = ""

    @property
    def known(self) -> list[Extension]:
        """All of them."""
        return list(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def __getitem__(self, name: str) -> Extension:
        return self._known[name]

    @property
    def external(self) -> list[Extension]:
        """Those with processes of their own."""
        return [one for one in self._known.values() if not one.internal]

    @property
    def all_registered(self) -> bool:
        """Whether every external one has: then the runtime may start."""
        return all(one.state is not State.STARTED for one in self.external)

    @property
    def all_ready(self) -> bool:
        """Whether each has asked for the next event."""
        return all(one.state is State.READY for one in self._known.values())

    def close_registration(self) -> None:
        """The runtime is ready: nobody registers any more."""
        self.is_open = False

    def invoke(self, event: dict[str, object]) -> None:
        """Hands INVOKE to those that registered for it."""
        for one in self._known.values():
            if "INVOKE" in one.events:
                self._give(one, {"eventType": "INVOKE", **event})

    def shut_down(self, reason: str, deadline: float) -> list[Extension]:
        """Hands SHUTDOWN to those that registered for it.

        Args:
            reason: "spindown", "timeout" or "failure".
            deadline: Unix time in seconds.

        Returns:
            The extensions to wait for.
        """
        event = {"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": int(deadline * 1000)}
        wanted = [one for one in self.external if "SHUTDOWN" in one.events and one.exit is None]
        for one in wanted:
            self._give(one, event)
        return wanted

    def hung_up(self, connection: Connection) -> None:
        """A connection is gone; who waited on it may ask again."""
        for one in self._known.values():
            if one.waiting is connection:
                one.waiting, one.state = None, State.RUNNING

    def by_identifier(self, identifier: str) -> Extension:
        """Who an identifier was given to.

        Raises:
            Refused: Nobody that is known.
        """
        if not identifier:
            message = "Missing Lambda-Extension-Identifier header"
            raise Refused("Extension.MissingExtensionIdentifier", message)
        try:
            wanted = str(uuid.UUID(identifier))
        except ValueError:
            message = "Invalid Lambda-Extension-Identifier"
            raise Refused("Extension.InvalidExtensionIdentifier", message) from None
        for one in self._known.values():
            if one.identifier == wanted and one.state is not State.STARTED:
                return one
        raise Refused("Extension.UnknownExtensionIdentifier", f"Unknown extension {wanted}")

    def register(self, name: str, events: list[str]) -> Extension:
        """An extension registers; one whose file name is not known is an internal one.

        Raises:
            Refused: It may not.
        """
        known = self._known.get(name)
        if known and not known.internal:
            _check_events(events, ("INVOKE", "SHUTDOWN"))
            known.change(State.REGISTERED, among=(State.STARTED,), who=name)
        else:
            _check_events(events, ("INVOKE",))
            known = self._register_internal(name)
        known.events = tuple(dict.fromkeys(events))
        return known

    def wait(self, one: Extension, connection: Connection) -> None:
        """An extension asks for the next event, which it gets at once if there is one.

        Raises:
            Refused: It has asked already, or failed.
        """
        one.change(State.READY, among=(State.REGISTERED, State.RUNNING))
        one.waiting = connection
        if one.pending:
            self._send(one, one.pending)

    def fail(self, one: Extension, state: State, error_type: str) -> None:
        """An extension reports a failure.

        Raises:
            Refused: It has done so already, or it is too late.
        """
        among = (State.REGISTERED,) if state is State.INIT_ERROR else (State.REGISTERED, State.READY, State.RUNNING)
        one.change(state, among=among)
        one.error_type = error_type
        self.first_error = self.first_error or f"Extension.{state.value}"

    def _register_internal(self, name: str) -> Extension:
        if not self.is_open:
            raise Refused("Extension.RegistrationClosed", "Extension registration closed already")
        if len(self._known) >= LIMIT:
            raise Refused("Extension.TooManyExtensions", f"Extension limit ({LIMIT}) reached")
        if name in self._known:
            raise Refused("Extension.InvalidExtensionState", "Extension with this name already registered")
        self._known[name] = Extension(name, internal=True, state=State.REGISTERED)
        return self._known[name]

    def _give(self, one: Extension, event: dict[str, object]) -> None:
        event_id = f"Lambda-Extension-Event-Identifier: {uuid.uuid4()}\r\n"
        whose = f"Lambda-Extension-Identifier: {one.identifier}\r\n"
        one.pending = answer("200 OK", json.dumps(event).encode(), event_id + whose)
        if one.waiting:
            self._send(one, one.pending)

    @staticmethod
    def _send(one: Extension, event: bytes) -> None:
        """An event that cannot be sent waits until the extension asks again."""
        connection, one.waiting, one.state = one.waiting, None, State.RUNNING
        try:
            if connection:
                connection.send(event)
        except OSError:
            return
        one.pending = None


def refusal(status: str, error_type: str, message: str) -> bytes:
    """An error as AWS's APIs in the environment answer it."""
    return answer(status, json.dumps({"errorMessage": message, "errorType": error_type}).encode() + b"\n")


def _check_events(events: list[str], allowed: tuple[str, ...]) -> None:
    for event in events:
        if event not in allowed:
            known = event == "SHUTDOWN"
            reason = "ShutdownEventNotSupportedForInternalExtension" if known else "ErrorInvalidEventType"
            raise Refused("Extension.InvalidEventType", f"{event}: {reason}")
