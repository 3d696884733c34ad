"""The checks of lab 04 judge what runtime and extension do, and tell wrong ways from one another."""

import io
import json
import zipfile

import boto3
import pytest

from coldstart.lab import checking, package, readonly

SLUG, NAME = "04-runtime-api", "coldstart-04-"
LOGGING = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load(SLUG)
WRAPPED = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/start"}
REPORT = """def report(request_id, error):
    body = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}
    return f"/invocation/{request_id}/error", {"Lambda-Runtime-Function-Error-Type": "Function.Bad"}, body
"""
TRACEBACK = REPORT.replace("[]", "traceback.format_exception(error)")
IMPORTS = TRACEBACK.replace("    body", "    import traceback\n    body")


class Account:
    """The lab's functions, made as a learner may make them."""

    def __init__(self):
        self.functions, iam = boto3.client("lambda"), boto3.client("iam")
        role = iam.create_role(RoleName=f"{NAME}role", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = role["Role"]["Arn"]
        iam.attach_role_policy(RoleName=f"{NAME}role", PolicyArn=LOGGING)

    def shell(self, files=("shell",), runtime="provided.al2023", handler="greet.handler"):
        self._create("shell", package(SLUG, *files), Runtime=runtime, Handler=handler)

    def greeting(self, variables, report=None):
        archive = io.BytesIO(package(SLUG, "python"))
        if report:
            with zipfile.ZipFile(archive, "a") as target:
                info = zipfile.ZipInfo("report.py")
                info.external_attr = 0o644 << 16
                target.writestr(info, report)
        settings = {"Runtime": "python3.13", "Handler": "greeting.handler", "Environment": {"Variables": variables}}
        self._create("greeting", archive.getvalue(), **settings)

    def attach(self, files):
        published = self.functions.publish_layer_version(
            LayerName=f"{NAME}watcher", Content={"ZipFile": package(SLUG, files)}
        )
        self.functions.update_function_configuration(
            FunctionName=f"{NAME}greeting", Layers=[published["LayerVersionArn"]]
        )
        self._wait("greeting", "function_updated_v2")

    def _create(self, name, code, **settings):
        self.functions.create_function(
            FunctionName=f"{NAME}{name}", Role=self.role, MemorySize=512, Code={"ZipFile": code}, **settings
        )
        self._wait(name, "function_active_v2")

    def _wait(self, name, waiter):
        waiting = {"Delay": 0.1, "MaxAttempts": 600}
        self.functions.get_waiter(waiter).wait(FunctionName=f"{NAME}{name}", WaiterConfig=waiting)


@pytest.fixture
def account(here):
    return Account()


def said(check):
    return checking.look(CHECKS[check], readonly.session(NAME)).message


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"files": (".",)}, "Couldn't find valid bootstrap(s)"),
        ({"runtime": "python3.13"}, "the OS-only one is `provided.al2023`"),
        ({"handler": "bootstrap"}, "The function's handler is `bootstrap`; the script needs `greet.handler`"),
    ],
)
def test_the_shell_runtime_needs_its_entry_point_its_runtime_and_its_handler(account, settings, words):
    account.shell(**settings)
    assert words in said("shell-runtime")
    assert bool(words) == bool(said("shell-runtime"))


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (WRAPPED, ""),
        ({}, "`AWS_LAMBDA_EXEC_WRAPPER` is not set"),
        ({"AWS_LAMBDA_EXEC_WRAPPER": "/opt/start"}, "The package is in `/var/task`, and its script is called `start`"),
    ],
)
def test_the_wrapper_script_is_found_by_its_whole_path(account, variables, words):
    account.greeting(variables)
    assert words in said("own-runtime")
    assert bool(words) == bool(said("own-runtime"))


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (REPORT, ""),
        (IMPORTS, ""),
        (None, "`report` is not in the package"),
        (TRACEBACK, "it failed, or Lambda refused its post"),
        (REPORT.replace("/error", "/response"), "the caller sees a success. Mind the path."),
        ("import json\n" + REPORT.replace(", body\n", ", json.dumps(body)\n"), "return the body as a `dict`"),
        (REPORT.replace("type(error).__name__", '"Function.Bad"'), "`errorType` is 'Function.Bad'"),
        (REPORT.replace("str(error)", "repr(error)"), "it is to be the exception's own text"),
        (REPORT.replace("[]", '"none"'), "The body has no list as `stackTrace`"),
    ],
)
def test_an_exception_is_posted_to_the_error_path_as_an_object(account, report, words):
    account.greeting(WRAPPED, report)
    assert words in said("error-reported")
    assert bool(words) == bool(said("error-reported"))


def test_the_extension_comes_with_its_layer(account):
    account.greeting(WRAPPED)
    assert "publish and attach it" in said("extension-sees-invoke")
    account.attach("layer")
    assert said("extension-sees-invoke") == ""


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({**WRAPPED, "WATCH": "SHUTDOWN,INVOKE"}, ""),
        (WRAPPED, "the variable `WATCH` does not name it"),
        ({**WRAPPED, "WATCH": "SHUTDOWN"}, "`WATCH` names SHUTDOWN alone"),
        ({**WRAPPED, "WATCH": "INVOKE, SHUTDOWN"}, "`WATCH` has a space in it"),
        ({"WATCH": "INVOKE,SHUTDOWN"}, "an update replaces all variables, so name both"),
    ],
)
def test_the_extension_registers_for_both_events_beside_the_runtime(account, variables, words):
    account.greeting(variables)
    account.attach("layer")
    assert words in said("extension-sees-shutdown")
    assert bool(words) == bool(said("extension-sees-shutdown"))
