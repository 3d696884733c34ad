"""Python functions: the right interpreter, AWS's search path, a lean start."""

from __future__ import annotations

import pytest
from localstack_dockerless.runtimes import RuntimeUnavailable, interpreters, python, resolve

REPORT = """import sys, os
def handler(event, context):
    return {"version": list(sys.version_info[:2]), "path": sys.path, "executable": sys.executable,
            "environment": dict(os.environ), "boto3": "boto3" in sys.modules, "name": context.function_name}
"""


def available(identifier: str) -> str:
    """The identifier, or a visible skip where this machine lacks the interpreter."""
    try:
        resolve(identifier)
    except RuntimeUnavailable as reason:
        pytest.skip(str(reason))
    return identifier


@pytest.fixture(params=python.IDENTIFIERS)
def identifier(request):
    return available(request.param)


@pytest.fixture
def newest():
    """Any Python runtime of this machine."""
    return next((name for name in reversed(python.IDENTIFIERS) if interpreters.find(name.removeprefix("python"))), None)


def test_each_runtime_runs_on_its_own_interpreter(function, identifier):
    kind, answer = function(identifier, {"app.py": REPORT}, "app.handler").invoke()
    assert kind == "response"
    assert answer["version"] == [int(word) for word in identifier.removeprefix("python").split(".")]
    assert answer["name"] == "f"


def test_the_search_path_starts_as_on_lambda(function, newest):
    _, answer = function(newest, {"app.py": REPORT}, "app.handler").invoke()
    assert answer["path"][:4] == ["/var/task", f"/opt/python/lib/{newest}/site-packages", "/opt/python", "/var/runtime"]
    assert answer["executable"] == f"/var/lang/bin/{newest}"


def test_the_environment_holds_nothing_but_what_lambda_sets(function, newest):
    _, answer = function(newest, {"app.py": REPORT}, "app.handler", OWN="value").invoke()
    managed = dict(resolve(newest).environment)
    rest = {name for name in answer["environment"].keys() - managed.keys() if not name.startswith("AWS_LAMBDA_")}
    assert rest == {"OWN", "_HANDLER", "_X_AMZN_TRACE_ID"}
    assert managed.items() <= answer["environment"].items()


def test_the_sdk_is_there_but_not_imported_before_it_is_wanted(function, newest):
    source = "import sys\nbefore = 'botocore' in sys.modules\ndef handler(event, context):\n    import boto3\n    return [before, boto3.__file__]"
    _, answer = function(newest, {"app.py": source}, "app.handler").invoke()
    assert answer == [False, "/var/runtime/boto3/__init__.py"]


def test_a_layer_s_module_wins_over_the_runtime_s_and_the_function_s_over_both(function, newest, tmp_path):
    layer = tmp_path / "layer" / "python"
    layer.mkdir(parents=True)
    for name in ("six.py", "mine.py"):
        (layer / name).write_text("place = 'layer'")
    source = "import six, mine\ndef handler(event, context): return [six.place, mine.place]"
    files = {"app.py": source, "mine.py": "place = 'function'"}
    _, answer = function(newest, files, "app.handler", (tmp_path / "layer",)).invoke()
    assert answer == ["layer", "function"]


def test_stack_traces_and_errors_have_aws_s_shape(function, newest):
    one = function(newest, {"app.py": "def handler(event, context):\n    raise ValueError('no')\n"}, "app.handler")
    kind, answer = one.invoke()
    assert (kind, answer["errorType"], answer["errorMessage"]) == ("error", "ValueError", "no")
    assert answer["stackTrace"] == ["  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('no')\n"]
    assert one.output().startswith("[ERROR] ValueError: no\rTraceback")


def test_text_that_is_not_ascii_comes_back_as_it_is(function, newest):
    one = function(
        newest, {"app.py": "def handler(event, context):\n    print('Grüße')\n    return event"}, "app.handler"
    )
    assert one.invoke({"text": "Grüße, 世界"}) == ("response", {"text": "Grüße, 世界"})
    assert one.output() == "Grüße\n"


def test_exit_is_known_to_handlers_and_ends_the_process(function, newest):
    one = function(
        newest,
        {"app.py": "import os\ndef handler(event, context):\n    os._exit(3) if event else exit(4)"},
        "app.handler",
    )
    one.api.events.put({"now": 1})
    assert one.exits.get(timeout=20).status == 3


@pytest.mark.parametrize(("text", "handler", "kind"), [
    ("import missing", "app.handler", "Runtime.ImportModuleError"),
    ("", "app.handler", "Runtime.HandlerNotFound"),
    ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError"),
    ("", "app", "Runtime.MalformedHandlerName"),
])  # fmt: skip
def test_errors_of_init_go_to_the_runtime_api(function, newest, text, handler, kind):
    one = function(newest, {"app.py": text}, handler)
    path, answer, _ = one.api.answers.get(timeout=20)
    assert (path, answer["errorType"]) == ("init/error", kind)
    assert one.exits.get(timeout=20).status == 1


def test_a_version_that_is_not_installed_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(interpreters, "find", lambda version: None)
    with pytest.raises(RuntimeUnavailable, match=r"^python3\.14 is not installed on this machine: "):
        resolve("python3.14")


@pytest.mark.parametrize("identifier", ["python3.9", "java21", "nodejs18.x"])
def test_a_runtime_that_is_not_served_is_refused_by_name(identifier):
    with pytest.raises(RuntimeUnavailable, match=identifier.replace(".", r"\.")):
        resolve(identifier)


def test_a_version_manager_s_stand_in_is_not_taken_for_an_interpreter(tmp_path, monkeypatch):
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shim not in interpreters.candidates("3.13")


def test_an_interpreter_of_another_version_is_not_taken(tmp_path):
    source = next(filter(None, map(interpreters.find, ("3.13", "3.12", "3.11"))), None)
    if not source:
        pytest.skip("no interpreter to try with")
    wrong = tmp_path / "python3.10"
    wrong.symlink_to(source.executable)
    assert interpreters.probe(wrong, "3.10") is None
