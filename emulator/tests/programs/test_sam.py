"""SAM CLI: builds its own first example and a template of several systems, deploys, updates, shows and deletes them."""

from __future__ import annotations

import json
import re
import shutil
from functools import cached_property
from pathlib import Path

import pytest
from deployed import eventually
from fronts import ask
from public import ACCOUNT, ENVIRONMENT, wheel

APPS = Path(__file__).parent / "apps"
REQUIREMENTS = ("requests", "urllib3", "idna", "certifi", "charset-normalizer")
PUBLISHED = {"Content-Type": "application/json"}


class App:
    """A directory with a template, and the stack that SAM CLI makes of it."""

    def __init__(self, programs, server, directory, name, bucket):
        self.programs, self.directory, self.name, self.bucket = programs, directory, name, bucket
        self.stacks = server.client("cloudformation", ACCOUNT)

    def sam(self, *line, **options):
        return self.programs.run("sam", *line, at=self.directory, **options)

    def deploy(self, *options, fails=False):
        self.sam("build")
        where = ("--stack-name", self.name, "--s3-bucket", self.bucket, "--capabilities", "CAPABILITY_IAM")
        told = self.sam("deploy", "--no-confirm-changeset", "--no-progressbar", *where, *options, fails=fails)
        assert (f"Successfully created/updated stack - {self.name} in us-east-1" in told) is not fails
        return told

    @cached_property
    def outputs(self):
        """As SAM CLI shows them; here they stay what they are after the first deployment."""
        shown = json.loads(self.sam("list", "stack-outputs", "--stack-name", self.name, "--output", "json"))
        return {output["OutputKey"]: output for output in shown}

    def is_gone(self):
        try:
            self.stacks.describe_stacks(StackName=self.name)
        except self.stacks.exceptions.ClientError:
            return True
        return False


@pytest.fixture(scope="module")
def app(programs, server):
    """Makes an app with a stack and a bucket of its own."""

    def app(name):
        bucket = f"packages-of-{name}"
        server.client("s3", ACCOUNT).create_bucket(Bucket=bucket)
        return App(programs, server, programs.home / name, f"sam-{name}", bucket)

    return app


@pytest.fixture(scope="module")
def hello(programs, app):
    """What `sam init` makes of the template that SAM CLI brings for Python, with the library it requires."""
    (templates,) = ENVIRONMENT.glob("lib/python3*/site-packages/samcli/lib/init/templates")
    location = str(templates / "cookiecutter-aws-sam-hello-python")
    choice = ("--name", "hello", "--extra-context", '{"runtime": "python3.13"}')
    programs.run("sam", "init", "--no-input", "--location", location, *choice)
    for name in REQUIREMENTS:
        wheel(name, programs.home / "wheels")
    # Its settings say --resolve-s3, for which this program makes a bucket of its own and waits 15 seconds, at least.
    (programs.home / "hello" / "samconfig.toml").unlink()
    made = app("hello")
    made.deploy()
    return made


@pytest.fixture(scope="module")
def orders(programs, app):
    """tests/programs/apps/orders."""
    shutil.copytree(APPS / "orders", programs.home / "orders")
    made = app("orders")
    made.deploy("--parameter-overrides", "Currency=CHF")
    yield made
    made.stacks.delete_stack(StackName=made.name)
    eventually(made.is_gone, 60)


@pytest.fixture(scope="module")
def urls(orders):
    outputs = orders.outputs
    assert outputs["Url"]["Description"] == "Where orders are taken"
    return {name: outputs[name]["OutputValue"].rstrip("/") for name in ("Url", "Direct")}


def order(server, url, **content):
    reply = ask(server, f"{url}/orders", "POST", PUBLISHED, json.dumps(content).encode())
    assert reply.status == 202
    return reply.value


def test_the_first_example_answers(hello, server):
    url = hello.outputs["HelloWorldApi"]["OutputValue"]
    reply = ask(server, url)
    assert (reply.status, reply.value) == (200, {"message": "hello world"})


def test_its_package_has_the_library_that_it_requires(hello, server):
    arn = hello.outputs["HelloWorldFunction"]["OutputValue"]
    size = server.client("lambda", ACCOUNT).get_function_configuration(FunctionName=arn)["CodeSize"]
    assert size > 100_000


def test_it_is_invoked_and_its_log_is_read(hello):
    told = hello.sam("remote", "invoke", "HelloWorldFunction", "--stack-name", hello.name, "--event", "{}")
    assert json.loads(json.loads(told)["body"]) == {"message": "hello world"}
    log = ("logs", "--stack-name", hello.name)
    assert eventually(lambda: re.search(r"REPORT RequestId: \S+\tDuration: ", hello.sam(*log)), 60)


def test_it_is_deleted_with_its_packages(hello, server):
    """The program looks at the stack at once, while it goes, and 30 seconds later: nobody waits for that here."""
    packages = server.client("s3", ACCOUNT)
    assert packages.list_objects_v2(Bucket=hello.bucket)["KeyCount"] == 2  # the function's and the template
    place = ("--stack-name", hello.name, "--s3-bucket", hello.bucket)
    deleting = hello.programs.start("sam", "delete", "--no-prompts", *place, at=hello.directory)
    try:
        eventually(lambda: hello.is_gone() and packages.list_objects_v2(Bucket=hello.bucket)["KeyCount"] == 0, 60)
    finally:
        deleting.kill()
        deleting.communicate()


def test_an_order_goes_by_the_api_the_queue_and_the_table(orders, urls, server):
    assert order(server, urls["Url"], id="one", price=7) == {"taken": "one", "version": "1"}

    def kept():
        reply = ask(server, f"{urls['Url']}/orders/one")
        return reply.status == 200 and reply.value

    assert eventually(kept, 60) == {"price": "7 CHF"}
    assert ask(server, f"{urls['Url']}/orders/none").status == 404


def test_only_what_is_no_order_goes_back_to_the_queue(orders, urls, server):
    for content in ({"id": "bad"}, {"id": "good", "price": 1}):
        order(server, urls["Url"], **content)
    table = server.client("dynamodb", ACCOUNT)
    of = {"TableName": orders.outputs["TableName"]["OutputValue"]}
    eventually(lambda: "Item" in table.get_item(Key={"id": {"S": "good"}}, **of), 60)
    assert "Item" not in table.get_item(Key={"id": {"S": "bad"}}, **of)


def test_the_stream_of_the_table_is_counted(orders, urls, server):
    table = server.client("dynamodb", ACCOUNT)
    of = {"TableName": orders.outputs["TableName"]["OutputValue"]}
    before = _count(table, of)
    order(server, urls["Url"], id="counted", price=2)
    eventually(lambda: _count(table, of) > before, 60)


def _count(table, of):
    return int(table.get_item(Key={"id": {"S": "count"}}, **of).get("Item", {}).get("orders", {}).get("N", 0))


def test_the_settings_of_the_api_and_the_url_hold(orders, urls, server):
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    allowed = ask(server, f"{urls['Url']}/orders", "OPTIONS", headers)
    assert allowed.header("access-control-allow-origin") == "https://shop.example"
    assert order(server, urls["Direct"], id="direct", price=3) == {"taken": "direct", "version": "1"}


def test_a_second_deployment_publishes_a_version_and_moves_the_alias(orders, urls, server):
    door = orders.directory / "src" / "door.py"
    door.write_text(door.read_text().replace("taken", "accepted"))
    told = orders.deploy("--parameter-overrides", "Currency=CHF")
    assert re.search(r"\+ Add +DoorVersion\w+ +AWS::Lambda::Version", told)
    assert order(server, urls["Url"], id="two", price=8) == {"accepted": "two", "version": "2"}
    arn = orders.outputs["DoorAlias"]["OutputValue"].removesuffix(":live")
    functions = server.client("lambda", ACCOUNT)
    versions = functions.list_versions_by_function(FunctionName=arn)["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "1", "2"]


def test_a_deployment_without_changes_says_so(orders):
    where = ("--stack-name", orders.name, "--s3-bucket", orders.bucket, "--capabilities", "CAPABILITY_IAM")
    options = ("--no-confirm-changeset", "--parameter-overrides", "Currency=CHF")
    told = orders.sam("deploy", "--no-progressbar", *where, *options, fails=True)
    assert "No changes to deploy. Stack sam-orders is up to date" in told


def test_a_deployment_that_fails_is_rolled_back_and_the_function_still_answers(orders, urls, server):
    template, door = orders.directory / "template.yaml", orders.directory / "src" / "door.py"
    broken = "  Broken: {Type: AWS::SQS::Queue, DependsOn: Door, Properties: {QueueName: no-fifo, FifoQueue: true}}\n"
    template.write_text(template.read_text().replace("Resources:\n", f"Resources:\n{broken}"))
    door.write_text(door.read_text().replace("accepted", "broken"))
    assert "UPDATE_ROLLBACK_COMPLETE" in orders.deploy("--parameter-overrides", "Currency=CHF", fails=True)
    assert order(server, urls["Url"], id="three", price=9) == {"accepted": "three", "version": "2"}
