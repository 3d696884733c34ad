"""Much at once: every service loaded, 200 functions, 50 environments, and what stays in memory afterwards.

Floors, measured in the same run: the first functions for the last ones; as many Pythons with AWS's runtime client started at
once; the gateway's DryRun; for what stays, the memory before the functions came.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from _lambda import PORT, bare_runtimes, client, create, resident_mb
from _table import Row, seconds, show
from botocore.exceptions import ClientError

from coldstart import stack
from emulator import ANSWERER, cold_row, rate_rows, warm_rows

FUNCTIONS, EDGE = 200, 20
ENVIRONMENTS, SLEEP = 50, 5
SLEEPER = f"import time\ndef handler(event, context):\n    time.sleep({SLEEP})\n"
SERVICES = (
    ("apigateway", "get_rest_apis"),
    ("apigatewayv2", "get_apis"),
    ("cloudformation", "list_stacks"),
    ("cloudwatch", "list_metrics"),
    ("dynamodb", "list_tables"),
    ("dynamodbstreams", "list_streams"),
    ("ec2", "describe_vpcs"),
    ("ecr", "describe_repositories"),
    ("efs", "describe_file_systems"),
    ("elbv2", "describe_load_balancers"),
    ("events", "list_rules"),
    ("iam", "list_roles"),
    ("kinesis", "list_streams"),
    ("kms", "list_keys"),
    ("lambda", "list_functions"),
    ("logs", "describe_log_groups"),
    ("s3", "list_buckets"),
    ("scheduler", "list_schedules"),
    ("secretsmanager", "list_secrets"),
    ("sns", "list_topics"),
    ("sqs", "list_queues"),
    ("ssm", "describe_parameters"),
    ("stepfunctions", "list_state_machines"),
    ("sts", "get_caller_identity"),
    ("xray", "get_sampling_rules"),
)
"""Every service that a section uses, and a call that loads it."""


def load_services() -> None:
    """Use each service once; what it refuses to answer is loaded all the same."""
    for service, operation in SERVICES:
        try:
            getattr(client(service), operation)()
        except ClientError as refusal:
            if refusal.response["ResponseMetadata"]["HTTPStatusCode"] >= 500 and service != "xray":
                raise


def many_functions(aws) -> Row:
    """Measure the last creations among many against the first."""
    taken = [seconds(lambda n=n: create(aws, f"many-{n}", ANSWERER)) for n in range(FUNCTIONS)]
    first, last = sum(taken[:EDGE]) / EDGE * 1000, sum(taken[-EDGE:]) / EDGE * 1000
    return Row(
        f"create a function, the last of {FUNCTIONS} (floor: the first)", last, first, "ms", "2 x", last <= 2 * first
    )


def many_environments(aws) -> Row:
    """Measure how long it takes until as many environments have started and answered, all at once."""
    with bare_runtimes(SLEEPER) as answer:
        floor = seconds(lambda: answer(ENVIRONMENTS)) - SLEEP
    create(aws, "wide", SLEEPER)
    with ThreadPoolExecutor(ENVIRONMENTS) as pool:
        taken = seconds(lambda: list(pool.map(lambda _: aws.invoke(FunctionName="wide"), range(ENVIRONMENTS)))) - SLEEP
    return Row(
        f"{ENVIRONMENTS} environments at once (floor: so many runtimes)",
        taken,
        floor,
        "s",
        "1.5 x",
        taken <= 1.5 * floor,
    )


def main() -> None:
    """Measure everything on one emulator of its own."""
    stack.down(PORT)
    stack.up(PORT)
    try:
        aws, pid = client(), stack.status(PORT)["pid"]
        create(aws, "warm", ANSWERER)
        idle = resident_mb(pid)
        load_services()
        loaded = resident_mb(pid)
        rows = [Row("memory, every service loaded (floor: Lambda alone)", loaded, idle, "MB")]
        rows.append(many_functions(aws))
        rows += [cold_row(aws), *warm_rows(aws), *rate_rows()]
        rows.append(many_environments(aws))
        stack.reset(port=PORT)
        left = resident_mb(pid)
        rows.append(
            Row("memory after all that and a reset (floor: before)", left, loaded, "MB", "1.5 x", left <= 1.5 * loaded)
        )
    finally:
        stack.down(PORT)
    show(
        f"Every service loaded, {FUNCTIONS} functions",
        rows,
        json.dumps({"services": len(SERVICES), "cores": os.cpu_count()}),
    )


if __name__ == "__main__":
    main()
