"""Forgetting everything, and one account."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from functions import ECHO, deploy, eventually
from localstack.services.events.rule import RuleService
from localstack.services.events.scheduler import JobScheduler
from localstack_dockerless.server import reset
from places import public
from servers import Server, free_port

MINE, YOURS = "111111111111", "222222222222"
SLEEP = "import time\ndef handler(event, context):\n    time.sleep(60)\n"
WAITS = "import socket\nsocket.create_connection((%r, %d)).recv(1)\n"


def fill(server, account):
    """Use the services of the labs: a function that ran, a queue, an object, a rule, a log group, a metric."""
    client = {name: server.client(name, account) for name in ("lambda", "sqs", "s3", "events", "cloudwatch")}
    name = deploy(client["lambda"], ECHO)
    client["lambda"].publish_version(FunctionName=name)
    client["lambda"].create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client["lambda"].invoke(FunctionName=name, Payload=b"{}")
    client["sqs"].create_queue(QueueName="queue")
    client["s3"].create_bucket(Bucket=f"bucket-{account}")
    client["s3"].put_object(Bucket=f"bucket-{account}", Key="key", Body=b"content")
    client["events"].put_rule(Name="rule", ScheduleExpression="rate(1 minute)")
    client["cloudwatch"].put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 1}])
    eventually(lambda: inventory(server, account)["logs"])
    return name


def inventory(server, account):
    """How many of each the account has."""
    client = {n: server.client(n, account) for n in ("lambda", "sqs", "s3", "events", "cloudwatch", "logs")}
    return {
        "lambda": len(client["lambda"].list_functions()["Functions"]),
        "sqs": len(client["sqs"].list_queues().get("QueueUrls", [])),
        "s3": len(client["s3"].list_buckets()["Buckets"]),
        "events": len(client["events"].list_rules()["Rules"]),
        "cloudwatch": len(client["cloudwatch"].list_metrics(Namespace="N")["Metrics"]),
        "logs": len(client["logs"].describe_log_groups()["logGroups"]),
    }


EMPTY = dict.fromkeys(("lambda", "sqs", "s3", "events", "cloudwatch", "logs"), 0)
FULL = dict.fromkeys(EMPTY, 1)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A reset of everything would pull the shared server from under the tests beside this one."""
    one = Server(free_port(), tmp_path_factory.mktemp("reset"))
    one.start()
    yield one
    one.command("stop")


def test_one_account_is_forgotten_and_the_other_is_not(own_server):
    fill(own_server, MINE)
    kept = fill(own_server, YOURS)
    assert own_server.command("reset", f"--account={MINE}").stdout == f"Reset account {MINE}.\n"
    assert inventory(own_server, MINE) == EMPTY
    assert inventory(own_server, YOURS) == FULL
    answer = own_server.client("lambda", YOURS).invoke(FunctionName=kept, Payload=b"1")
    assert answer["Payload"].read() == b"1"


def test_everything_is_forgotten_and_works_again(own_server):
    fill(own_server, MINE)
    assert own_server.command("reset").returncode == 0
    assert inventory(own_server, MINE) == EMPTY
    fill(own_server, MINE)
    assert inventory(own_server, MINE) == FULL


def test_running_environments_are_stopped_and_leave_no_trace(own_server):
    client = own_server.client("lambda", MINE)
    name = deploy(client, SLEEP, Timeout=60)
    client.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    environments = own_server.data / "tmp" / "environments"
    eventually(lambda: environments.exists() and list(environments.iterdir()))
    own_server.command("reset", f"--account={MINE}")
    eventually(lambda: not list(environments.iterdir()))
    assert inventory(own_server, MINE) == EMPTY


def test_environments_that_are_starting_do_not_begin_anything(own_server):
    client = own_server.client("lambda", MINE)
    environments = own_server.data / "tmp" / "environments"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        port = listener.getsockname()[1]
        name = deploy(client, WAITS % (public(own_server, port), port) + SLEEP, Timeout=60)
        client.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
        starting, _ = listener.accept()
        own_server.command("reset", f"--account={MINE}")
        starting.close()
    eventually(lambda: not list(environments.iterdir()), 30)


def test_code_of_forgotten_functions_leaves_the_disk(own_server):
    own_server.command("reset")
    fill(own_server, MINE)
    own_server.command("reset")
    eventually(lambda: not list((own_server.data / "tmp" / "lambda").rglob("app.py")))


@pytest.mark.parametrize("account", ["12", "abcdefghijkl", "1234567890123", ""])
def test_what_is_not_an_account_is_refused(server, account):
    request = urllib.request.Request(f"{server.endpoint}/_dockerless/reset?account={account}", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400
    assert "is not an account" in json.load(refused.value)["message"]


def test_the_command_passes_the_refusal_on(server):
    done = server.command("reset", "--account=12")
    assert done.returncode == 1
    assert done.stderr == "'12' is not an account; give its 12 digits, or nothing to reset every account.\n"


def test_schedules_of_forgotten_rules_no_longer_fire():
    """They would fire once a minute, into whatever function has that name by then."""
    provider = type("Provider", (), {})()
    provider._rule_services_store = {}
    for account in (MINE, YOURS):
        rule = RuleService.create_rule_service(
            "rule", "us-east-1", account, schedule_expression="rate(1 minute)", event_bus_name="default"
        )
        rule.create_schedule_job(lambda *_: None)
        provider._rule_services_store[rule.arn] = rule
    reset._events(provider, MINE)
    (kept,) = provider._rule_services_store.values()
    assert [job.job_id for job in JobScheduler.instance().jobs] == [kept.job_id]
    JobScheduler.instance().jobs.clear()
