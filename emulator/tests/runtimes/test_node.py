"""Node.js functions on our own runtime client."""

from __future__ import annotations

import re

import pytest
from localstack_dockerless.runtimes import node, resolve

pytestmark = pytest.mark.skipif(not node.release(), reason="Node.js is not installed on this machine")


@pytest.mark.parametrize(
    ("home", "source", "target"),
    [
        ("h/me", "n/bin/node", "/var/lang"),
        ("h/me", "h/me/bin/node", "/var/lang/bin/node"),
        ("h/me", "h/bin/node", "/var/lang/bin/node"),
        ("h/me", "h/me/.nvm/20/bin/node", "/var/lang"),
    ],
)
def test_a_node_in_a_home_directory_does_not_bring_the_home_directory(monkeypatch, tmp_path, home, source, target):
    monkeypatch.setenv("HOME", str(tmp_path / home))
    mount = node._mount(tmp_path / source)
    assert mount.target == target
    assert not (tmp_path / home).is_relative_to(mount.source)


def test_a_node_alone_runs_functions(function, monkeypatch):
    _, program = node._find()
    monkeypatch.setenv("HOME", str(program.parent.parent))
    assert run(function, "exports.handler = async () => process.execPath")[1] == ("response", "/var/lang/bin/node")


ASYNC = "exports.handler = async (event, context) => { %s };"


def run(function, source: str, *events: object, identifier: str = "nodejs22.x", **environment: str):
    """Invoke a CommonJS function once per event; return the function and its last answer."""
    one = function(identifier, {"index.js": source}, "index.handler", **environment)
    answers = [one.invoke(event) for event in events or ({},)]
    return one, answers[-1]


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        ({"index.js": "exports.handler = async () => 'it'"}, "index.handler"),
        ({"index.cjs": "exports.handler = async () => 'it'"}, "index.handler"),
        ({"index.mjs": "export const handler = async () => 'it'"}, "index.handler"),
        ({"index.js": "export const handler = async () => 'it'", "package.json": '{"type": "module"}'}, "index.handler"),
        ({"src/deep/index.js": "exports.api = { run: async () => 'it' }"}, "src/deep/index.api.run"),
        ({"index.js": "exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'it'), 5)"}, "index.handler"),
        ({"index.js": "exports.handler = (event, context) => context.succeed('it')"}, "index.handler"),
        ({"node_modules/lib/index.js": "exports.handler = async () => 'it'"}, "lib.handler"),
    ],
)  # fmt: skip
def test_every_kind_of_module_and_handler_is_found(function, files, handler):
    assert function("nodejs22.x", files, handler).invoke() == ("response", "it")


def test_the_context_has_its_fields(function):
    _, (_, context) = run(function, ASYNC % "return { ...context, left: context.getRemainingTimeInMillis() }")
    assert 0 < context.pop("left") <= 3000
    assert context == {
        "callbackWaitsForEmptyEventLoop": True,
        "functionVersion": "$LATEST",
        "functionName": "f",
        "memoryLimitInMB": "256",
        "logGroupName": "/aws/lambda/f",
        "logStreamName": "stream",
        "invokedFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "awsRequestId": "request-1",
    }


def test_errors_have_aws_s_shape_and_are_logged(function):
    one, (kind, answer) = run(function, ASYNC % "throw new TypeError('no')")
    assert (kind, answer["errorType"], answer["errorMessage"]) == ("error", "TypeError", "no")
    assert answer["trace"][0] == "TypeError: no"
    assert "/var/task/index.js:1:" in answer["trace"][1]
    assert one.headers["lambda-runtime-function-error-type"] == "TypeError"
    assert re.match(
        r'\S+Z\trequest-1\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"no",', one.output()
    )


@pytest.mark.parametrize("thrown", ["'text'", "5", "null"])
def test_anything_may_be_thrown(function, thrown):
    _, (kind, answer) = run(function, ASYNC % f"throw {thrown}")
    assert (kind, answer["errorMessage"], answer["trace"]) == ("error", thrown.strip("'"), [])


@pytest.mark.parametrize(
    ("method", "level"), [("log", "INFO"), ("info", "INFO"), ("debug", "DEBUG"), ("warn", "WARN"), ("error", "ERROR")]
)
def test_console_lines_carry_time_request_and_level(function, method, level):
    one, _ = run(function, ASYNC % f"console.{method}('two\\nlines', {{ a: 1 }})")
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z\trequest-1\t{level}\ttwo\rlines {{ a: 1 }}\n", one.output())


def test_json_lines_where_the_function_asks_for_them(function):
    source = ASYNC % "console.debug('hidden'); console.warn('seen', 1)"
    one, _ = run(function, source, AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="INFO")
    assert re.fullmatch(
        r'{"timestamp":"[^"]+Z","level":"WARN","requestId":"request-1","message":"seen 1"}\n', one.output()
    )


def test_a_callback_waits_for_an_empty_event_loop(function):
    source = "exports.handler = (event, context, callback) => { callback(null, 'it'); setTimeout(() => console.log('last'), 50); }"
    one, answer = run(function, source)
    assert answer == ("response", "it")
    assert one.output().endswith("last\n")


def test_a_callback_does_not_wait_when_told_so(function):
    source = """exports.handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 100000); callback(null, 'it'); }"""
    assert run(function, source)[1] == ("response", "it")


def test_a_promise_that_is_never_settled_fails_the_invocation_only(function):
    source = ASYNC % "return event.hang ? new Promise(() => {}) : 'fine'"
    _, answer = run(function, source, {"hang": 1})
    assert answer[1]["errorType"] == "Runtime.NodeJsExit"
    assert run(function, source, {"hang": 1}, {})[1] == ("response", "fine")


def test_a_handler_without_promise_or_callback_answers_null(function):
    assert run(function, "exports.handler = () => 'ignored'")[1] == ("response", None)


def test_callbacks_are_refused_from_node_24_on(function):
    one = function("nodejs24.x", {"index.js": "exports.handler = (event, context, callback) => {}"}, "index.handler")
    path, answer, _ = one.api.answers.get(timeout=20)
    assert (path, answer["errorType"]) == ("init/error", "Runtime.CallbackHandlerDeprecated")


@pytest.mark.parametrize(
    ("source", "kind", "status"),
    [
        ("Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 5000))", "Runtime.UnhandledPromiseRejection", 128),
        ("setTimeout(() => { throw new RangeError('late') }, 1); await new Promise(() => setTimeout(() => {}, 5000))", "RangeError", 129),
    ],
)  # fmt: skip
def test_what_nobody_handles_is_reported_and_ends_the_process(function, source, kind, status):
    one, (path, answer) = run(function, ASYNC % source)
    assert (path, answer["errorType"]) == ("error", kind)
    assert one.exits.get(timeout=20).status == status


def test_process_exit_ends_the_process(function):
    one = function("nodejs22.x", {"index.js": ASYNC % "process.exit(7)"}, "index.handler")
    one.api.events.put({})
    assert one.exits.get(timeout=20).status == 7


@pytest.mark.parametrize(
    ("source", "handler", "kind"),
    [
        ("", "index.handler", "Runtime.HandlerNotFound"),
        ("exports.handler = 5", "index.handler", "Runtime.HandlerNotFound"),
        ("", "missing.handler", "Runtime.ImportModuleError"),
        ("require('missing')", "index.handler", "Runtime.ImportModuleError"),
        ("exports.handler = (", "index.handler", "Runtime.UserCodeSyntaxError"),
        ("throw new Error('at load')", "index.handler", "Error"),
        ("", "index", "Runtime.MalformedHandlerName"),
    ],
)
def test_errors_of_init_go_to_the_runtime_api(function, source, handler, kind):
    one = function("nodejs22.x", {"index.js": source}, handler)
    path, answer, _ = one.api.answers.get(timeout=20)
    assert (path, answer["errorType"]) == ("init/error", kind)
    assert one.exits.get(timeout=20).status == 129


@pytest.mark.parametrize("identifier", node.IDENTIFIERS)
def test_another_major_version_is_named(identifier):
    release = node.release()
    wanted = identifier.removeprefix("nodejs").removesuffix(".x")
    note = resolve(identifier).note
    assert note == ("" if release.split(".")[0] == wanted else f"{identifier} runs on this machine's Node {release}")


def test_modules_of_layers_are_found(function, tmp_path):
    module = tmp_path / "layer/nodejs/node_modules/fromlayer"
    module.mkdir(parents=True)
    (module / "index.js").write_text("module.exports = 'layer'")
    files = {"index.js": "const it = require('fromlayer'); exports.handler = async () => it"}
    one = function("nodejs22.x", files, "index.handler", (tmp_path / "layer",))
    assert one.invoke() == ("response", "layer")


STREAMING = "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { %s });"


def test_a_response_may_be_streamed(function):
    one, answer = run(
        function, STREAMING % "stream.write('one '); await null; stream.write(context.functionName); stream.end()"
    )
    assert answer == ("response", "one f")
    assert one.headers["content-type"] == "application/octet-stream"
    assert one.headers["transfer-encoding"] == "chunked"


def test_a_streamed_response_may_start_with_status_and_headers(function):
    source = STREAMING % "stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201}); stream.end('body')"
    one, answer = run(function, source)
    assert answer == ("response", '{"statusCode":201}' + 8 * "\0" + "body")
    assert one.headers["content-type"] == "application/vnd.awslambda.http-integration-response"


def test_a_pipeline_may_feed_the_stream(function):
    source = "const { pipeline } = require('stream/promises'); const { Readable } = require('stream');"
    _, answer = run(function, source + STREAMING % "await pipeline(Readable.from(['a', 'b']), stream)", {}, {})
    assert answer == ("response", "ab")


def test_an_error_before_the_first_byte_is_an_ordinary_one(function):
    assert run(function, STREAMING % "throw new RangeError('early')")[1][1]["errorType"] == "RangeError"


def test_an_error_in_the_middle_of_a_stream_comes_after_it(function):
    one, answer = run(function, STREAMING % "stream.write('half'); throw new RangeError('late')")
    assert answer == ("response", "half")
    assert "Lambda-Runtime-Function-Error-Type: RangeError" in one.api.trailers
