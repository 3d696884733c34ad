"""What is deleted stays deleted."""

from functions import ECHO, deploy, eventually
from localstack_dockerless.observability.batch import Batch
from localstack_dockerless.server import patches


def test_log_events_that_wait_are_written_before_a_function_goes(monkeypatch):
    written = []
    batch = Batch(written.extend, interval=60)
    monkeypatch.setattr(patches, "OUTPUTS", batch)
    batch.add("line")
    assert patches._write_logs_first(lambda *_: list(written), None, "arn") == ["line"]


def test_a_log_group_deleted_right_after_its_function_does_not_come_back(server, echo):
    functions, logs = server.client("lambda"), server.client("logs")
    logs.describe_log_groups()  # the service is loaded, so that what follows is quick
    functions.invoke(FunctionName=echo)
    functions.delete_function(FunctionName=echo)
    logs.delete_log_group(logGroupName=f"/aws/lambda/{echo}")

    later = deploy(functions, ECHO)
    functions.invoke(FunctionName=later)
    eventually(lambda: logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{later}")["logGroups"])
    assert not logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{echo}")["logGroups"]
