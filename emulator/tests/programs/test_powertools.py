"""Powertools for AWS Lambda inside functions: what its users see of logs, metrics, traces, batches and answers."""

from __future__ import annotations

import functools
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from balanced import Site, forward
from deployed import deployer, eventually
from fronts import HttpApi, RestApi, arn, ask, open_url
from public import contents

APPS = Path(__file__).parent / "apps" / "powertools"
LAYER = ("aws-lambda-powertools", "aws-xray-sdk", "jmespath", "typing-extensions", "wrapt")


@pytest.fixture(scope="module")
def layer(server):
    """Powertools and what it needs, as a layer."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in LAYER:
            for path, content in contents(name).items():
                archive.writestr(f"python/{path}", content)
    client = server.client("lambda")
    made = client.publish_layer_version(LayerName="powertools", Content={"ZipFile": package.getvalue()})
    return made["LayerVersionArn"]


@pytest.fixture(scope="module")
def app(server, layer):
    """Deploys a handler of apps/powertools."""
    made = []
    deploy = deployer(server.client("lambda"), made)

    def app(name, variables=None, **options):
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.write(APPS / f"{name}.py", f"{name}.py")
        environment = {"Variables": {"POWERTOOLS_LOG_LEVEL": "INFO", **(variables or {})}}
        code = {"code": package.getvalue(), "Handler": f"{name}.handler", "Layers": [layer], "Timeout": 20}
        return deploy(f"{name}.py", **code, Environment=environment, **options)

    yield app
    for function in made:
        function.client.delete_function(FunctionName=function.name)


@pytest.fixture(scope="module")
def table(server):
    """Makes tables with a key `id`."""
    tables, made = server.client("dynamodb"), []

    def table(stem, **options):
        made.append(f"powertools-{stem}")
        key = {"AttributeName": "id"}
        tables.create_table(
            TableName=made[-1],
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[key | {"KeyType": "HASH"}],
            AttributeDefinitions=[key | {"AttributeType": "S"}],
            **options,
        )
        return made[-1]

    yield table
    for name in made:
        tables.delete_table(TableName=name)


# Logger, Metrics, Tracer


@pytest.fixture(scope="module")
def observed(app):
    """Three invocations of a function: the first, another, and one that fails."""
    function = app("observes", TracingConfig={"Mode": "Active"})
    return function, [function.invoke({"id": f"order-{price}", "price": price}) for price in (7, 5, -1)]


def records(answer):
    """The lines of the log that are JSON."""
    return [json.loads(line) for line in answer.lines if line.startswith("{")]


def logged(answer):
    return [record for record in records(answer) if "level" in record]


def test_the_logger_writes_one_record_with_what_it_knows_of_the_invocation(observed):
    function, (first, second, _) = observed
    (one,), (other,) = logged(first), logged(second)
    wanted = {
        "level": "INFO",
        "message": "an order came in",
        "service": "shop",
        "price": 7,
        "order": "order-7",
        "correlation_id": "order-7",
        "function_name": function.name,
        "function_memory_size": "1769",
        "function_arn": arn(function),
    }
    assert wanted.items() <= one.items()
    assert one["function_request_id"] in first.report
    assert [one["cold_start"], other["cold_start"]] == [True, False]
    assert one["xray_trace_id"] != other["xray_trace_id"]


def test_the_metrics_are_metrics_of_cloudwatch(observed, server):
    function, _ = observed
    sums = functools.partial(sums_of, server.client("cloudwatch"))
    eventually(lambda: sums("Price", service="shop") == [12], 60)
    assert sums("ColdStart", service="shop", function_name=function.name) == [1]


def sums_of(client, name, **dimensions):
    now = datetime.now(UTC)
    found = client.get_metric_statistics(
        Namespace="Shop",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=24 * 3600,
        Statistics=["Sum"],
    )
    return [point["Sum"] for point in found["Datapoints"]]


def test_the_traces_have_what_the_tracer_adds(observed, server):
    _, (first, _, failed) = observed
    handler = traced(server, first, "## handler")
    assert handler["annotations"] == {"ColdStart": True, "Service": "shop"}
    inner = traced(server, first, "## observes.priced")
    assert (inner["annotations"], inner["parent_id"]) == ({"order": "order-7"}, handler["id"])
    assert inner["metadata"]["shop"]["observes.priced response"] == 14
    broken = traced(server, failed, "## handler")
    assert (broken["fault"], broken["cause"]["exceptions"][0]["message"]) == (True, "no such price")


def traced(server, answer, name):
    """A subsegment of the invocation's trace, wherever it stands."""
    trace = logged(answer)[0]["xray_trace_id"]
    client = server.client("xray")

    def look():
        for one in client.batch_get_traces(TraceIds=[trace])["Traces"]:
            for segment in one["Segments"]:
                for found in within(json.loads(segment["Document"])):
                    if found["name"] == name:
                        return found
        return None

    return eventually(look, 60)


def within(segment):
    yield segment
    for inner in segment.get("subsegments", []):
        yield from within(inner)


# Batches


@pytest.fixture(scope="module")
def batches(app, table, server):
    """A function behind a queue, a stream and a table, and a table of what it has done."""
    done = table("done")
    function = app("batches", {"DONE": done})

    def mapped(source, **options):
        made = function.client.create_event_source_mapping(
            FunctionName=function.name,
            EventSourceArn=source,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **options,
        )
        mappings.append(made["UUID"])
        read = functools.partial(function.client.get_event_source_mapping, UUID=made["UUID"])
        eventually(lambda: read()["State"] == "Enabled", 60)

    def is_done(*texts):
        found = server.client("dynamodb").scan(TableName=done)["Items"]
        return {item["id"]["S"] for item in found} >= set(texts)

    mappings = []
    yield mapped, is_done
    for mapping in mappings:
        function.client.delete_event_source_mapping(UUID=mapping)


def test_of_a_queue_only_the_bad_message_stays(batches, server):
    mapped, is_done = batches
    queues = server.client("sqs")
    # As long as the function's timeout: what is left is not received again while this looks.
    jobs = queues.create_queue(QueueName="powertools-jobs", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    entries = [{"Id": text, "MessageBody": json.dumps({"id": text})} for text in ("a", "bad", "b")]
    queues.send_message_batch(QueueUrl=jobs, Entries=entries)
    read = functools.partial(queues.get_queue_attributes, QueueUrl=jobs, AttributeNames=["All"])
    mapped(read()["Attributes"]["QueueArn"], BatchSize=10)

    def left():
        return sum(int(value) for name, value in read()["Attributes"].items() if name.startswith("ApproximateNumber"))

    eventually(lambda: is_done("SQS a", "SQS b") and left() == 1, 60)
    assert not is_done("SQS bad")
    queues.delete_queue(QueueUrl=jobs)


def test_a_stream_goes_on_behind_a_record_that_is_given_up(batches, server):
    mapped, is_done = batches
    streams = server.client("kinesis")
    streams.create_stream(StreamName="powertools", ShardCount=1)
    streams.get_waiter("stream_exists").wait(StreamName="powertools", WaiterConfig={"Delay": 1})
    source = streams.describe_stream_summary(StreamName="powertools")["StreamDescriptionSummary"]["StreamARN"]
    records = [{"Data": json.dumps({"id": text}), "PartitionKey": "same"} for text in ("a", "bad", "b")]
    streams.put_records(StreamName="powertools", Records=records)
    mapped(source, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1, BatchSize=10)
    eventually(lambda: is_done("KinesisDataStreams a", "KinesisDataStreams b"), 60)
    assert not is_done("KinesisDataStreams bad")
    streams.delete_stream(StreamName="powertools")


def test_so_does_the_stream_of_a_table(batches, table, server):
    mapped, is_done = batches
    name = table("changes", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    tables = server.client("dynamodb")
    for text in ("a", "bad", "b"):
        tables.put_item(TableName=name, Item={"id": {"S": text}})
    source = tables.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    mapped(source, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1, BatchSize=10)
    eventually(lambda: is_done("DynamoDBStreams a", "DynamoDBStreams b"), 60)
    assert not is_done("DynamoDBStreams bad")


# Idempotency


def test_the_same_event_is_handled_once(app, table, server):
    store = table("receipts")
    function = app("once", {"STORE": store})
    first, again, other = (function.invoke({"id": text, "price": 5}).value for text in ("one", "one", "two"))
    assert first == again != other
    changed = function.invoke({"id": "one", "price": 6})
    assert changed.value["errorType"] == "IdempotencyValidationError"
    assert function.invoke({"id": "three", "price": -1}).value["errorType"] == "ValueError"
    assert function.invoke({"id": "three", "price": 1}).value["receipt"]  # a failure is not remembered
    kept = server.client("dynamodb").scan(TableName=store)["Items"]
    assert {item["status"]["S"] for item in kept} == {"COMPLETED"}
    assert len(kept) == 3


# Event handlers


@pytest.fixture(scope="module")
def fronts(app, server):
    """A client for each kind of front, all of one function."""
    function = app("routes")
    rest, http, site = RestApi.make(server, binaryMediaTypes=["image/png"]), HttpApi.make(server), Site(server)
    rest.proxy("ANY /{proxy+}", function)
    rest.deploy()
    http.route("$default", http.integrate(arn(function)))
    site.listen(forward(site.serving(function.name, multi_value=True)))
    open_url(function.client, function.name)
    url = function.client.create_function_url_config(FunctionName=function.name, AuthType="NONE")["FunctionUrl"]
    yield {
        "rest": lambda path, *more: rest.ask(f"/dev{path}", *more),
        "http": http.ask,
        "url": lambda path, *more: ask(server, url.rstrip("/") + path, *more),
        "alb": lambda path, *more: ask(server, f"http://{site.host}{path}", *more, as_proxy=True),
    }
    site.close()
    http.client.delete_api(ApiId=http.id)
    rest.client.delete_rest_api(restApiId=rest.id)


FRONTS = pytest.mark.parametrize("front", ["rest", "http", "url", "alb"])


@FRONTS
def test_a_route_gets_its_path_query_and_headers(fronts, front):
    reply = fronts[front]("/orders/7?colour=red", "GET", {"X-Agent": "test", "Origin": "https://shop.example"})
    assert (reply.status, reply.value) == (200, {"number": "7", "colour": "red", "agent": "test"})
    assert reply.header("access-control-allow-origin") == "https://shop.example"


@FRONTS
def test_a_body_and_several_cookies(fronts, front):
    reply = fronts[front]("/orders", "POST", {"Content-Type": "application/json"}, b'{"price": 7}')
    assert (reply.status, reply.value) == (201, {"taken": {"price": 7}})
    assert {cookie.partition(";")[0] for cookie in reply.all("set-cookie")} == {"order=1", "seen=yes"}


@FRONTS
def test_bytes(fronts, front):
    reply = fronts[front]("/picture", "GET", {"Accept": "image/png"})
    assert (reply.status, reply.header("content-type"), reply.body) == (200, "image/png", bytes(range(256)))


@FRONTS
def test_what_is_not_there(fronts, front):
    replies = [fronts[front](path) for path in ("/orders/none", "/no/such/route")]
    assert [reply.status for reply in replies] == [404, 404]
    assert [reply.value["message"] for reply in replies] == ["there is no such order", "Not found"]


# Parameters


def test_settings_and_secrets_are_read(app, server):
    settings, secrets = server.client("ssm"), server.client("secretsmanager")
    for name, value, kind in (
        ("/shop/currency", "CHF", "String"),
        ("/shop/limits/day", "[10]", "String"),
        ("/shop/limits/week", "[50]", "String"),
        ("/shop/key", "hidden", "SecureString"),
    ):
        settings.put_parameter(Name=name, Value=value, Type=kind)
    secrets.create_secret(Name="shop/door", SecretString='{"code": 42}')
    assert app("looks_up").invoke().value == {
        "one": "CHF",
        "several": {"day": [10], "week": [50]},
        "hidden": "hidden",
        "secret": {"code": 42},
    }
