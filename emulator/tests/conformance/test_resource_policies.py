"""Resource-based policies

Who may invoke a function besides users and roles: services for a resource, the public by a URL, and other accounts; and
what a service does with a role. One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from deployed import archive, deploy_in, eventually
from fronts import HttpApi, RestApi, arn, ask, open_url, uri
from policies import allow, deny
from roles import People, document, session_of, trust

ACCOUNT, OTHER = "660000000001", "660000000002"
SERVICES = "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html"
ACCOUNTS = "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html"
DEPUTY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
SNS = "https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html"
EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
EVENT_METRICS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"
EVENT_ROLES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html"
REST = "https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-with-lambda-integration.html"
HTTP = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"
LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample"
ALARMS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html"
URLS = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role"
MACHINES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"
MAPPINGS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
RECORDS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
PUT = "https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html"
DELETE = "https://docs.aws.amazon.com/lambda/latest/api/API_DeleteResourcePolicy.html"
QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
SENDS = """
import boto3, os

def handler(event, context):
    sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    sqs.send_message(QueueUrl=os.environ["INBOX"], MessageBody=str(event.get("mark", "called")) if event else "called")
    return {"statusCode": 200, "body": "hello"}
"""
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def people(server):
    return People(server, ACCOUNT)


deploy = deploy_in(ACCOUNT)


@pytest.fixture(scope="module")
def sends(deploy, server):
    """A function that says to a queue that it was called."""
    queue = server.client("sqs", ACCOUNT).create_queue(QueueName="called")["QueueUrl"]
    made = deploy(
        "sends.py", code=archive({"sends.py": SENDS}), Environment={"Variables": {"INBOX": queue}}, Timeout=60
    )
    made.inbox = queue
    return made


@pytest.fixture
def function(sends, server, newest):
    """That function, which nobody but its account may invoke yet, and a name for what the test makes."""
    server.client("sqs", ACCOUNT).purge_queue(QueueUrl=sends.inbox)
    sends.label = f"test-{next(NUMBERS)}"
    yield sends
    newest.ask("DELETE", arn(sends))
    with contextlib.suppress(sends.client.exceptions.ResourceNotFoundException):
        sends.client.delete_function_url_config(FunctionName=sends.name)


def permit(function, service, source="", account="", **options):
    """Give a service the permission, for a resource if one is named."""
    named = {"SourceArn": source, "SourceAccount": account, **options}
    function.client.add_permission(
        FunctionName=function.name,
        StatementId=f"s-{next(NUMBERS)}",
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        **{name: value for name, value in named.items() if value},
    )


def called(server, function):
    """What the function says, once it has been called; its own words only, not how often."""
    sqs = server.client("sqs", ACCOUNT)
    found = eventually(lambda: sqs.receive_message(QueueUrl=function.inbox).get("Messages"), 60)
    return found[0]["Body"]


def metric(server, namespace, name, **dimensions):
    """Whether a metric has a value."""
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    now = datetime.now(UTC)
    found = server.client("cloudwatch", ACCOUNT).get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=named,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


def refused(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error.get("Message", "")


# Services


def notify(server, bucket, function):
    wanted = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn(function), "Events": ["s3:ObjectCreated:*"]}]}
    server.client("s3", ACCOUNT).put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)


@pytest.mark.rule(S3)
def test_a_bucket_may_notify_a_function_that_lets_it_in(server, function):
    s3, bucket = server.client("s3", ACCOUNT), f"bucket-{ACCOUNT}"
    s3.create_bucket(Bucket=bucket)
    unable = ("InvalidArgument", "Unable to validate the following destination configurations")
    assert refused(notify, server=server, bucket=bucket, function=function) == unable
    permit(function, "s3", f"arn:aws:s3:::{bucket}", OTHER)
    assert refused(notify, server=server, bucket=bucket, function=function) == unable
    permit(function, "s3", f"arn:aws:s3:::{bucket}", ACCOUNT)
    notify(server, bucket, function)
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    assert called(server, function) == "called"


@pytest.mark.rule(SNS)
def test_a_notification_that_a_function_does_not_let_in_is_counted_as_failed(server, function):
    sns, name = server.client("sns", ACCOUNT), f"topic-{function.label}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn(function))
    permit(function, "sns", f"{topic}-other")
    sns.publish(TopicArn=topic, Message="x")
    eventually(lambda: metric(server, "AWS/SNS", "NumberOfNotificationsFailed", TopicName=name), 60)
    permit(function, "sns", topic)
    sns.publish(TopicArn=topic, Message="x")
    assert called(server, function) == "called"


@pytest.mark.rule(DEPUTY)
def test_a_topic_of_another_account_needs_its_own_permission(server, function):
    sns = server.client("sns", OTHER)
    topic = sns.create_topic(Name="foreign")["TopicArn"]
    queue = server.client("sqs", OTHER).create_queue(QueueName="lost")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{OTHER}:lost"})
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn(function), Attributes={"RedrivePolicy": redrive})
    permit(function, "sns", account=ACCOUNT)
    sns.publish(TopicArn=topic, Message="x")
    assert eventually(lambda: server.client("sqs", OTHER).receive_message(QueueUrl=queue).get("Messages"), 60)
    permit(function, "sns", account=OTHER)
    sns.publish(TopicArn=topic, Message="x")
    assert called(server, function) == "called"


@pytest.fixture
def rule(server, function):
    """A rule for events of a source that is the function's name; its targets' dead letters go to a queue."""
    events, sqs = server.client("events", ACCOUNT), server.client("sqs", ACCOUNT)
    made = events.put_rule(Name=function.label, EventPattern=json.dumps({"source": [function.label]}))["RuleArn"]
    lost = sqs.create_queue(QueueName=f"lost-{function.label}")["QueueUrl"]
    dead = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost-{function.label}"}}

    def target(**options):
        events.put_targets(Rule=function.label, Targets=[{"Id": "1", "Arn": arn(function), **dead, **options}])

    def send():
        events.put_events(Entries=[{"Source": function.label, "DetailType": "x", "Detail": "{}"}])

    def dead_letter():
        options = {"QueueUrl": lost, "MessageAttributeNames": ["All"]}
        (found,) = eventually(lambda: sqs.receive_message(**options).get("Messages"), 60)
        return {name: value["StringValue"] for name, value in found["MessageAttributes"].items()}

    return made, target, send, dead_letter


@pytest.mark.rule(EVENTS)
def test_an_event_that_a_function_does_not_let_in_is_a_dead_letter(server, function, rule):
    source, target, send, dead_letter = rule
    target()
    send()
    found = dead_letter()
    assert (found["ERROR_CODE"], found["RULE_ARN"], found["TARGET_ARN"]) == ("NO_PERMISSIONS", source, arn(function))
    permit(function, "events", source)
    send()
    assert called(server, function) == "called"


@pytest.mark.rule(EVENT_METRICS)
def test_an_event_that_a_function_does_not_let_in_is_a_failed_invocation(server, function, rule):
    _, target, send, _ = rule
    target()
    send()
    eventually(lambda: metric(server, "AWS/Events", "FailedInvocations", RuleName=function.label), 60)


@pytest.mark.rule(EVENT_ROLES)
def test_a_target_with_a_role_is_invoked_by_the_role(people, server, function, rule):
    _, target, send, dead_letter = rule
    role = people.role(trusting=trust({"Service": "events.amazonaws.com"}))
    target(RoleArn=people.arn(role))
    send()
    assert dead_letter()["ERROR_CODE"] == "NO_PERMISSIONS"
    people.allow(role, allow("lambda:InvokeFunction", arn(function)))
    send()
    assert called(server, function) == "called"


@pytest.mark.rule(REST)
def test_a_rest_api_needs_a_permission_for_the_method(server, function):
    api = RestApi.make(server, ACCOUNT)
    api.admits = False
    proxy = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri(function)}
    for key, kind in (("GET /pets", "AWS_PROXY"), ("GET /dogs", "AWS_PROXY"), ("POST /pets", "AWS")):
        api.method(key, **{**proxy, "type": kind})
    api.deploy()
    base = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api.id}"
    permit(function, "apigateway", f"{base}/*/GET/pets", ACCOUNT)
    assert api.ask("/dev/pets").body == b"hello"
    for method, path in (("GET", "/dev/dogs"), ("POST", "/dev/pets")):
        reply = api.ask(path, method)
        assert (reply.status, reply.value) == (500, {"message": "Internal server error"})
    api.client.delete_rest_api(restApiId=api.id)


@pytest.mark.rule(REST)
def test_a_rest_api_can_use_a_role_instead(people, server, function):
    api, role = RestApi.make(server, ACCOUNT), people.role(trusting=trust({"Service": "apigateway.amazonaws.com"}))
    api.admits = False
    other = people.role(allow("*"), trusting=trust({"Service": "ec2.amazonaws.com"}))
    proxy = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri(function)}
    for path, name in (("/a", role), ("/b", other)):
        api.method(f"GET {path}", **proxy, credentials=people.arn(name))
    api.deploy()
    assert api.ask("/dev/a").status == 500
    people.allow(role, allow("lambda:InvokeFunction", arn(function)))
    assert api.ask("/dev/a").body == b"hello"
    assert api.ask("/dev/b").status == 500
    api.client.delete_rest_api(restApiId=api.id)


@pytest.mark.rule(HTTP)
def test_an_http_api_needs_a_permission_for_the_route(server, function):
    api = HttpApi.make(server, ACCOUNT)
    api.admits = False
    for key in ("GET /pets/{id}", "GET /dogs"):
        api.route(key, api.integrate(arn(function)))
    base = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api.id}"
    permit(function, "apigateway", f"{base}/*/*/pets/{{id}}")
    assert api.ask("/pets/1").body == b"hello"
    assert (api.ask("/dogs").status, api.ask("/dogs").body) == (500, b'{"message":"Internal Server Error"}')
    api.client.delete_api(ApiId=api.id)


@pytest.mark.rule(LOGS)
def test_a_subscription_needs_a_permission_of_the_function(server, function):
    logs, group = server.client("logs", ACCOUNT), f"/group/{function.label}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    options = {"logGroupName": group, "filterName": "f", "filterPattern": "", "destinationArn": arn(function)}
    assert refused(logs.put_subscription_filter, **options) == (
        "InvalidParameterException",
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your "
        "function.",
    )
    permit(function, "logs", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:*")
    logs.put_subscription_filter(**options)
    now = int(datetime.now(UTC).timestamp() * 1000)
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": now, "message": "x"}])
    assert called(server, function) == "called"
    (statement,) = json.loads(function.client.get_policy(FunctionName=function.name)["Policy"])["Statement"]
    function.client.remove_permission(FunctionName=function.name, StatementId=statement["Sid"])
    # Who writes does not notice.
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": now, "message": "x"}])


@pytest.mark.rule(ALARMS)
def test_an_alarm_needs_a_permission_of_the_function(server, function, deploy):
    cloudwatch, other = server.client("cloudwatch", ACCOUNT), deploy()
    cloudwatch.put_metric_alarm(
        AlarmName=function.label,
        Namespace="none",
        MetricName="none",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[arn(other), arn(function)],
    )
    permit(function, "lambda.alarms.cloudwatch", f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{function.label}")
    cloudwatch.set_alarm_state(AlarmName=function.label, StateValue="ALARM", StateReason="test")
    assert called(server, function) == "called"
    cloudwatch.delete_alarms(AlarmNames=[function.label])


@pytest.mark.rule(SERVICES)
def test_a_permission_is_for_the_version_or_alias_it_was_added_to(server, function):
    sns = server.client("sns", ACCOUNT)
    version = function.publish()
    topic = sns.create_topic(Name=f"version-{function.label}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"{arn(function)}:{version}")
    permit(function, "sns", topic)
    sns.publish(TopicArn=topic, Message="x")
    name = f"version-{function.label}"
    eventually(lambda: metric(server, "AWS/SNS", "NumberOfNotificationsFailed", TopicName=name), 60)
    permit(function, "sns", topic, Qualifier=version)
    sns.publish(TopicArn=topic, Message="x")
    assert called(server, function) == "called"


@pytest.mark.rule(ACCOUNTS)
def test_another_account_invokes_what_lets_it_in(server, function):
    _, session = People(server, OTHER).user(allow("lambda:InvokeFunction"))
    user = People(server, OTHER).client(session, "lambda")
    assert refused(user.invoke, FunctionName=arn(function))[0] == "AccessDeniedException"
    function.client.add_permission(
        FunctionName=function.name, StatementId="other", Action="lambda:InvokeFunction", Principal=OTHER
    )
    assert json.loads(user.invoke(FunctionName=arn(function))["Payload"].read())["body"] == "hello"
    assert refused(user.get_function, FunctionName=arn(function))[0] == "AccessDeniedException"


# Function URLs


@pytest.mark.rule(URLS)
def test_a_url_for_everybody_takes_both_permissions(server, function):
    url = function.client.create_function_url_config(FunctionName=function.name, AuthType="NONE")["FunctionUrl"]
    named = {"FunctionName": function.name, "Principal": "*"}
    forbidden = {"Message": f"Forbidden. For troubleshooting Function URL authorization issues, see: {URLS}"}
    assert (ask(server, url).status, ask(server, url).value) == (403, forbidden)
    function.client.add_permission(
        **named, StatementId="a", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE"
    )
    assert ask(server, url).status == 403
    function.client.add_permission(**named, StatementId="b", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    assert ask(server, url).body == b"hello"
    function.client.update_function_url_config(FunctionName=function.name, AuthType="AWS_IAM")
    assert ask(server, url).status == 403


@pytest.mark.rule(URLS)
def test_a_permission_for_urls_is_none_for_invoking(server, function):
    open_url(function.client, function.name, OTHER, "AWS_IAM")
    _, session = People(server, OTHER).user(allow("lambda:*"))
    user = People(server, OTHER).client(session, "lambda")
    assert refused(user.invoke, FunctionName=arn(function))[0] == "AccessDeniedException"
    policy = json.loads(function.client.get_policy(FunctionName=function.name)["Policy"])
    conditions = [statement["Condition"] for statement in policy["Statement"]]
    assert conditions == [
        {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
    ]


def signed(server, session, url):
    """A request that a user or a role has signed."""
    request = AWSRequest("GET", url)
    SigV4Auth(session.get_credentials(), "lambda", "us-east-1").add_auth(request)
    return ask(server, url, headers=dict(request.headers))


@pytest.mark.rule(URLS)
def test_a_url_for_iam_asks_for_the_signers_permissions(people, server, function):
    url = function.client.create_function_url_config(FunctionName=function.name, AuthType="AWS_IAM")["FunctionUrl"]
    half, both = allow("lambda:InvokeFunctionUrl"), allow("lambda:Invoke*", arn(function))
    for statements, status in (((), 403), ((half,), 403), ((both,), 200), ((both, deny("lambda:InvokeFunction")), 403)):
        _, user = people.user(*statements)
        assert signed(server, user, url).status == status
    assert signed(server, people.session(people.role(both)), url).status == 200
    stranger = People(server, OTHER)
    _, user = stranger.user(allow("lambda:*"))
    assert signed(server, user, url).status == 403
    open_url(function.client, function.name, OTHER, "AWS_IAM")
    assert signed(server, user, url).status == 200
    assert (
        signed(server, session_of({"AccessKeyId": "LKIAQAAAAAAAAAAAAAAA", "SecretAccessKey": "x"}), url).status == 403
    )


# Services with a role


@pytest.mark.rule(SCHEDULER)
def test_a_schedule_acts_with_its_role(people, server, function):
    scheduler, sqs = server.client("scheduler", ACCOUNT), server.client("sqs", ACCOUNT)
    strange, role = people.role(), people.role(trusting=trust({"Service": "scheduler.amazonaws.com"}))
    lost = sqs.create_queue(QueueName=f"late-{function.label}")["QueueUrl"]
    target = {
        "Arn": arn(function),
        "RetryPolicy": {"MaximumRetryAttempts": 0},
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:late-{function.label}"},
    }
    options = {"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "at(2020-01-01T00:00:00)"}
    words = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    wrong = {**target, "RoleArn": people.arn(strange)}
    assert refused(scheduler.create_schedule, Name="no", Target=wrong, **options) == ("ValidationException", words)
    queues = allow("sqs:SendMessage")
    people.allow(role, queues)
    options["ScheduleExpression"] = f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})"
    target["RoleArn"] = people.arn(role)
    scheduler.create_schedule(Name="one", Target=target, **options)
    receive = {"QueueUrl": lost, "MessageAttributeNames": ["All"]}
    (message,) = eventually(lambda: sqs.receive_message(**receive).get("Messages"), 60)
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "AccessDeniedException"
    people.allow(role, queues, allow("lambda:InvokeFunction", arn(function)))
    scheduler.create_schedule(Name="two", Target=target, **options)
    assert called(server, function) == "called"


@pytest.mark.rule(MACHINES)
def test_a_state_machine_acts_with_its_role(people, server, function):
    machines, strange = server.client("stepfunctions", ACCOUNT), people.role()
    task = {"Type": "Task", "Resource": arn(function), "End": True}
    options = {"name": function.label, "definition": json.dumps({"StartAt": "A", "States": {"A": task}})}
    assert refused(machines.create_state_machine, **options, roleArn=people.arn(strange)) == (
        "AccessDeniedException",
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the "
        "provided role.",
    )
    role = people.role(trusting=trust({"Service": "states.amazonaws.com"}))
    machine = machines.create_state_machine(**options, roleArn=people.arn(role))["stateMachineArn"]

    def run():
        execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
        found = machines.describe_execution
        eventually(lambda: found(executionArn=execution)["status"] != "RUNNING", 60)
        return found(executionArn=execution)

    failed = run()
    assert failed["status"] == "FAILED"
    assert f"assumed-role/{role}/" in failed["cause"]
    assert "is not authorized to perform: lambda:InvokeFunction" in failed["cause"]
    people.allow(role, allow("lambda:InvokeFunction", arn(function)))
    assert run()["status"] == "SUCCEEDED"


@pytest.mark.rule(MAPPINGS)
def test_a_mapping_whose_role_may_no_longer_read_says_so(people, server, deploy):
    sqs, role = server.client("sqs", ACCOUNT), people.role(allow("sqs:*"), allow("logs:*"))
    sqs.create_queue(QueueName="reads")
    function = deploy(Role=people.arn(role))
    source = f"arn:aws:sqs:us-east-1:{ACCOUNT}:reads"
    made = function.client.create_event_source_mapping(FunctionName=function.name, EventSourceArn=source)["UUID"]

    def result():
        return function.client.get_event_source_mapping(UUID=made).get("LastProcessingResult", "")

    people.allow(role, allow("logs:*"))
    assert "sqs:receivemessage" in eventually(lambda: result().startswith("PROBLEM: ") and result(), 60)
    people.allow(role, allow("sqs:*"), allow("logs:*"))
    eventually(lambda: not result().startswith("PROBLEM: "), 60)
    function.client.delete_event_source_mapping(UUID=made)


@pytest.mark.rule(RECORDS)
def test_a_destination_gets_what_the_role_may_send(people, server, deploy):
    sqs, role = server.client("sqs", ACCOUNT), people.role(allow("sqs:*"), allow("logs:*"))
    queue = sqs.create_queue(QueueName="results")["QueueUrl"]
    function = deploy(Role=people.arn(role))
    target = {"OnSuccess": {"Destination": f"arn:aws:sqs:us-east-1:{ACCOUNT}:results"}}
    function.client.put_function_event_invoke_config(FunctionName=function.name, DestinationConfig=target)
    people.allow(role, allow("logs:*"))
    function.send({"mark": "first"})
    dimensions = {"FunctionName": function.name}
    eventually(lambda: metric(server, "AWS/Lambda", "DestinationDeliveryFailures", **dimensions), 90)
    people.allow(role, allow("sqs:*"), allow("logs:*"))
    function.send({"mark": "second"})
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), 60)
    assert json.loads(message["Body"])["requestPayload"] == {"mark": "second"}


# A policy as a whole

URI = "/2026-07-09/resource-policy/"


@pytest.fixture(scope="module")
def newest(server):
    """A client as the newest boto3 is: the installed one's model with three operations more."""
    return Newest(server)


class Newest:
    """PutResourcePolicy and its siblings, as requests: the emulator's own boto3 is older than they are."""

    def __init__(self, server):
        self.server = server

    def ask(self, method, resource, body=None, query=""):
        target = URI + resource.replace(":", "%3A") + query
        content = json.dumps(body).encode() if body is not None else b""
        request = AWSRequest(method, self.server.endpoint + target, data=content)
        session = boto3.Session(ACCOUNT, "secret", region_name="us-east-1")
        SigV4Auth(session.get_credentials(), "lambda", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request(method, target, content, dict(request.headers))
        response = connection.getresponse()
        text = response.read()
        connection.close()
        kind = (response.getheader("x-amzn-errortype") or "").partition(":")[0]
        return response.status, kind, json.loads(text) if text else None

    def put(self, resource, policy, **options):
        return self.ask("PUT", resource, {"Policy": policy, **options})


def statement(function, sid="one", **more):
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": arn(function),
        **more,
    }


@pytest.mark.rule(PUT)
def test_a_policy_is_put_as_a_whole_and_read_by_both_ways(function, newest):
    permit(function, "s3")
    status, _, answer = newest.put(arn(function), document(statement(function)))
    assert (status, [one["Sid"] for one in json.loads(answer["Policy"])["Statement"]]) == (200, ["one"])
    old = function.client.get_policy(FunctionName=function.name)
    assert newest.ask("GET", arn(function))[2] == {"Policy": old["Policy"], "RevisionId": old["RevisionId"]}
    permit(function, "s3")
    both = json.loads(newest.ask("GET", arn(function))[2]["Policy"])["Statement"]
    assert [one["Principal"]["Service"] for one in both] == ["sns.amazonaws.com", "s3.amazonaws.com"]
    function.client.remove_permission(FunctionName=function.name, StatementId="one")
    assert len(json.loads(newest.ask("GET", arn(function))[2]["Policy"])["Statement"]) == 1


@pytest.mark.rule(PUT)
def test_statements_of_a_policy_need_no_sid(server, function, newest):
    sns = server.client("sns", ACCOUNT)
    topic = sns.create_topic(Name=f"nosid-{function.label}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn(function))
    one = statement(function, Condition={"ArnLike": {"aws:SourceArn": topic}})
    del one["Sid"]
    assert newest.put(arn(function), json.dumps({"Version": "2012-10-17", "Statement": one}))[0] == 200
    permit(function, "s3")
    missing = {"FunctionName": function.name, "StatementId": "missing"}
    assert refused(function.client.remove_permission, **missing)[0] == "ResourceNotFoundException"
    sns.publish(TopicArn=topic, Message="x")
    assert called(server, function) == "called"


@pytest.mark.rule(PUT)
def test_a_policy_that_is_none_is_refused(function, newest):
    for policy in ("{", "[]", '{"Statement": 1}', document({"Effect": "Maybe"})):
        assert newest.put(arn(function), policy)[:2] == (400, "InvalidParameterValueException")
    missing = arn(function) + "-missing"
    assert newest.put(missing, document(statement(function)))[:2] == (404, "ResourceNotFoundException")
    assert newest.put("nonsense", document(statement(function)))[0] == 400


@pytest.mark.rule(QUOTAS)
def test_a_policy_put_as_a_whole_has_20_kb_too(function, newest):
    long = statement(function, Condition={"ArnLike": {"aws:SourceArn": "x" * 20_480}})
    assert newest.put(arn(function), document(long))[:2] == (400, "PolicyLengthExceededException")


@pytest.mark.rule(PUT)
def test_a_policy_changes_only_from_the_revision_that_is_named(function, newest):
    first = newest.put(arn(function), document(statement(function)))[2]["RevisionId"]
    second = newest.put(arn(function), document(statement(function, "two")), RevisionId=first)[2]["RevisionId"]
    assert first != second
    late = newest.put(arn(function), document(statement(function)), RevisionId=first)
    assert late[:2] == (412, "PreconditionFailedException")
    assert newest.ask("DELETE", arn(function), query=f"?RevisionId={first}")[0] == 412
    assert newest.ask("DELETE", arn(function), query=f"?RevisionId={second}")[0] == 204


@pytest.mark.rule(DELETE)
def test_a_policy_is_deleted_as_a_whole(function, newest):
    permit(function, "s3")
    assert newest.ask("DELETE", arn(function))[0] == 204
    assert refused(function.client.get_policy, FunctionName=function.name)[0] == "ResourceNotFoundException"
    for method in ("GET", "DELETE"):
        assert newest.ask(method, arn(function))[:2] == (404, "ResourceNotFoundException")


@pytest.mark.rule(PUT)
def test_an_alias_has_a_policy_of_its_own(function, newest):
    version = function.publish()
    function.client.create_alias(FunctionName=function.name, Name="live", FunctionVersion=version)
    live = f"{arn(function)}:live"
    assert newest.put(live, document({**statement(function), "Resource": live}))[0] == 200
    assert newest.ask("GET", arn(function))[0] == 404
    found = function.client.get_policy(FunctionName=function.name, Qualifier="live")
    assert json.loads(found["Policy"])["Statement"][0]["Resource"] == live
