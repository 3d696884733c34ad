"""The Extensions and the Telemetry API alone, spoken to by hand."""

from __future__ import annotations

import http.client
import json
import selectors
import threading
import uuid

import pytest
from localstack_dockerless.executor.extension_apis import ExtensionApis
from localstack_dockerless.executor.extensions import Extensions, Function
from localstack_dockerless.executor.external import find, launch_problem
from localstack_dockerless.executor.runtime_api import RuntimeApi
from localstack_dockerless.executor.telemetry import Telemetry

NAME, IDENTIFIER, ERROR_TYPE = (
    "Lambda-Extension-Name",
    "Lambda-Extension-Identifier",
    "Lambda-Extension-Function-Error-Type",
)
EXTENSION, TELEMETRY = "/2020-01-01/extension/", "/2022-07-01/telemetry"
BOTH = {"events": ["INVOKE", "SHUTDOWN"]}
WANTED = {
    "schemaVersion": "2022-12-13",
    "types": ["platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox:8080/x"},
}


class Served:
    """The APIs and a thread that serves them."""

    def __init__(self) -> None:
        self.own = True
        self.selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self.selector, lambda _: self.own)
        self.extensions = Extensions(Function("f", "7", "app.handler", "123456789012"))
        self.telemetry = Telemetry(self.selector, "127.0.0.1", json_lines=False)
        self.api.beside = ExtensionApis(self.extensions, self.telemetry, lambda _: self.own, lambda *_: None)
        self.extensions.restart(["outside"])
        self.over = False
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while not self.over:
            for key, _ in self.selector.select(0.01):
                if key.fd in self.selector.get_map():
                    key.data()

    def ask(self, method, path, body=None, **headers):
        """Status, headers and document of an answer."""
        connection = http.client.HTTPConnection(self.api.address, timeout=10)
        data = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())

    def refused(self, method, path, body=None, **headers):
        status, _, document = self.ask(method, path, body, **headers)
        return status, document["errorType"]

    def register(self, name="outside", body=BOTH):
        _, headers, _ = self.ask("POST", EXTENSION + "register", body, **{NAME: name})
        return {IDENTIFIER: headers[IDENTIFIER]}

    def close(self) -> None:
        self.over = True
        self.thread.join()
        self.telemetry.close()
        self.api.close()
        self.selector.close()


@pytest.fixture
def served():
    made = Served()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("name", "body", "error_type"),
    [
        ("", BOTH, "Extension.InvalidExtensionName"),
        ("outside", "{", "InvalidRequestFormat"),
        ("outside", [], "InvalidRequestFormat"),
        ("outside", {"events": "INVOKE"}, "InvalidRequestFormat"),
        ("outside", {"events": [1]}, "InvalidRequestFormat"),
        ("outside", {"events": ["RESTART"]}, "Extension.InvalidEventType"),
        ("inside", {"events": ["SHUTDOWN"]}, "Extension.InvalidEventType"),
    ],
)
def test_a_registration_that_is_wrong_is_forbidden(served, name, body, error_type):
    assert served.refused("POST", EXTENSION + "register", body, **{NAME: name}) == (403, error_type)


def test_a_registration_is_answered_with_what_it_extends(served):
    headers = {NAME: "outside", "Lambda-Extension-Accept-Feature": "other, accountId"}
    status, answered, document = served.ask("POST", EXTENSION + "register", None, **headers)
    assert status == 200
    assert uuid.UUID(answered[IDENTIFIER])
    assert document == {
        "functionName": "f",
        "functionVersion": "7",
        "handler": "app.handler",
        "accountId": "123456789012",
    }


def test_nobody_registers_twice(served):
    served.register()
    status, _, document = served.ask("POST", EXTENSION + "register", BOTH, **{NAME: "outside"})
    assert (status, document["errorMessage"]) == (
        403,
        "State transition from Registered to Registered failed for extension outside. "
        "Error: State transition is not allowed",
    )


@pytest.mark.parametrize(
    ("identifier", "error_type"),
    [
        ({}, "Extension.MissingExtensionIdentifier"),
        ({IDENTIFIER: "me"}, "Extension.InvalidExtensionIdentifier"),
        ({IDENTIFIER: str(uuid.uuid4())}, "Extension.UnknownExtensionIdentifier"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", EXTENSION + "event/next"),
        ("POST", EXTENSION + "init/error"),
        ("POST", EXTENSION + "exit/error"),
        ("PUT", TELEMETRY),
    ],
)
def test_who_does_not_say_who_it_is_is_forbidden(served, method, path, identifier, error_type):
    assert served.refused(method, path, WANTED, **identifier) == (403, error_type)


def test_an_error_needs_a_type_and_comes_once(served):
    me = served.register()
    assert served.refused("POST", EXTENSION + "init/error", {}, **me) == (403, "Extension.MissingHeader")
    status, _, document = served.ask("POST", EXTENSION + "init/error", {}, **me, **{ERROR_TYPE: "My.Error"})
    assert (status, document) == (202, {"status": "OK"})
    again = served.refused("POST", EXTENSION + "init/error", {}, **me, **{ERROR_TYPE: "My.Error"})
    assert again == (403, "Extension.InvalidExtensionState")


def test_a_connection_that_breaks_while_waiting_loses_no_event(served):
    me = served.register()
    connection = http.client.HTTPConnection(served.api.address, timeout=10)
    connection.request("GET", EXTENSION + "event/next", headers=me)
    while not served.extensions.all_ready:
        pass
    connection.close()
    while served.extensions.all_ready:
        pass
    served.extensions.invoke({"requestId": "1"})
    assert served.ask("GET", EXTENSION + "event/next", **me)[2] == {"eventType": "INVOKE", "requestId": "1"}


def test_strangers_cannot_register(served):
    served.own = False
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        served.register()


def test_other_paths_do_not_exist(served):
    connection = http.client.HTTPConnection(served.api.address, timeout=10)
    for path in (EXTENSION + "other", "/2022-07-01/other", "/"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404


def test_a_subscription_is_possible_until_init_is_over(served):
    me = served.register()
    assert served.ask("PUT", TELEMETRY, WANTED, **me)[::2] == (200, "OK")
    served.telemetry.end_init()
    assert served.refused("PUT", TELEMETRY, WANTED, **me) == (403, "Telemetry.SubscriptionClosed")


@pytest.mark.parametrize(
    "changes",
    [
        {"destination": {"protocol": "HTTP", "URI": "http://sandbox:99999"}},
        {"destination": {"protocol": "HTTP", "URI": "http://sandbox:8080/ x"}},
        {"destination": {"protocol": "TCP", "port": 0}},
        {"destination": "sandbox"},
        {"buffering": []},
        {"types": [["platform"]]},
    ],
)
def test_a_subscription_that_is_wrong_is_a_bad_request(served, changes):
    assert served.refused("PUT", TELEMETRY, WANTED | changes, **served.register()) == (400, "ValidationError")


@pytest.mark.parametrize("body", ["", "[]", "x"])
def test_a_subscription_that_is_no_object_is_a_bad_request(served, body):
    assert served.refused("PUT", TELEMETRY, body, **served.register()) == (400, "ValidationError")


def test_the_logs_api_says_that_it_is_not_there(served):
    assert served.refused("PUT", "/2020-08-15/logs", WANTED, **served.register()) == (202, "Logs.NotSupported")


def test_extensions_are_the_files_of_the_last_layer_that_has_them(tmp_path):
    for layer, names in (("one", ["b", "a", "c"]), ("two", ["b"])):
        (tmp_path / layer / "extensions").mkdir(parents=True)
        for name in names:
            (tmp_path / layer / "extensions" / name).write_text(layer)
    (tmp_path / "two" / "extensions" / "c").mkdir()
    (tmp_path / "three").mkdir()
    found = find(tmp_path / layer for layer in ("one", "two", "three"))
    assert {name: path.read_text() for name, path in found.items()} == {"a": "one", "b": "two"}
    assert list(found) == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"#!/bin/sh\n", 0o755, None),
        (b"\x7fELF", 0o755, None),
        (b"#!/bin/sh\n", 0o644, ("PermissionDenied", "permission denied")),
        (b"", 0o755, ("UnknownError", "exec format error")),
    ],
)
def test_what_can_be_started(tmp_path, content, mode, problem):
    file = tmp_path / "extension"
    file.write_bytes(content)
    file.chmod(mode)
    assert launch_problem(file) == problem
