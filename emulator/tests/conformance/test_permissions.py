"""Permissions

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from deployed import archive, deploy_in, deployer, eventually
from networks import network
from policies import allow, deny, when
from roles import People, document, session_of, trust

ACCOUNT, OTHER = "650000000001", "650000000002"
EVALUATION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
ROOT = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html"
MESSAGES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"
BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
SESSIONS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"
ACROSS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html"
GROUPS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html"
KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
TRUST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"
PASS_ROLE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
EXTERNAL_ID = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
TAGS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html"
EXECUTION_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
SOURCE_FUNCTION = "https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html"
LOGS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"
XRAY = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
VPC = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"
VPC_KEYS = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#vpc-conditions"
SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html"
SQS_SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
KINESIS_SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"
DYNAMODB_SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"
RECORDS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
RESOURCE_BASED = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"
COMPARISON = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html"
IDENTITY = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"
BUCKETS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
QUEUES = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html"
)
TOPICS = "https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html"
TABLES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"
CRYPTO = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.fixture(scope="module")
def people(server):
    return People(server, ACCOUNT)


deploy = deploy_in(ACCOUNT)


def refused(call, **parameters):
    """The code and the sentence of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error.get("Message", "")


@pytest.mark.rule(EVALUATION)
def test_a_role_without_policies_may_do_nothing(people):
    name = people.role()
    lambda_ = people.client(people.session(name), "lambda")
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/me"
    assert refused(lambda_.list_functions) == (
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: lambda:ListFunctions on resource: * "
        "because no identity-based policy allows the lambda:ListFunctions action",
    )


@pytest.mark.rule(ROOT)
def test_root_may_do_everything(server):
    assert server.client("lambda", ACCOUNT).list_functions()["Functions"] is not None
    assert server.client("lambda", "test").list_functions()["Functions"] is not None


@pytest.mark.rule(IDENTITY)
def test_who_one_is_everybody_may_ask(people):
    name, session = people.user(deny("*"))
    assert people.client(session, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}"


@pytest.mark.rule(EVALUATION)
def test_a_change_of_a_policy_counts_at_once(people):
    role = people.role(allow("lambda:ListFunctions"))
    lambda_ = people.client(people.session(role), "lambda")
    lambda_.list_functions()
    people.allow(role, allow("*"), deny("lambda:List*"))
    assert refused(lambda_.list_functions)[1].endswith("with an explicit deny in an identity-based policy")


@pytest.mark.rule(MESSAGES)
def test_a_managed_policy_that_denies_is_named(people):
    role, arn = people.role(allow("*")), f"arn:aws:iam::{ACCOUNT}:policy/no-lists"
    people.iam.create_policy(PolicyName="no-lists", PolicyDocument=document(deny("lambda:List*")))
    people.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    lambda_ = people.client(people.session(role), "lambda")
    assert refused(lambda_.list_functions)[1].endswith(f"with an explicit deny in an identity-based policy: {arn}")


@pytest.mark.rule(EVALUATION)
def test_policies_of_aws_can_be_attached(people):
    role = people.role()
    lambda_ = people.client(people.session(role), "lambda")
    people.iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess")
    lambda_.list_functions()
    assert refused(lambda_.delete_function, FunctionName="none")[0] == "AccessDeniedException"


@pytest.mark.rule(BOUNDARIES)
def test_a_boundary_limits_what_policies_allow(people):
    boundary = people.iam.create_policy(PolicyName="queues-only", PolicyDocument=document(allow("sqs:*")))
    role = people.role(allow("*"), PermissionsBoundary=boundary["Policy"]["Arn"])
    lambda_ = people.client(people.session(role), "lambda")
    words = "because no permissions boundary allows the lambda:ListFunctions action"
    assert refused(lambda_.list_functions)[1].endswith(words)
    people.client(people.session(role), "sqs").list_queues()


@pytest.mark.rule(SESSIONS)
def test_a_session_policy_limits_the_session(people):
    role = people.role(allow("*"))
    limited = people.session(role, Policy=document(allow("sqs:*")))
    words = "because no session policy allows the lambda:ListFunctions action"
    assert refused(people.client(limited, "lambda").list_functions)[1].endswith(words)
    people.client(limited, "sqs").list_queues()
    by_arn = people.session(role, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}])
    assert refused(people.client(by_arn, "sqs").create_queue, QueueName="q")[1].endswith("action")


@pytest.mark.rule(SESSIONS)
def test_a_session_policy_has_to_be_a_policy(people):
    role = people.role()
    sts = people.sts
    options = {"RoleArn": people.arn(role), "RoleSessionName": "me", "Policy": '{"Statement": 1}'}
    assert refused(sts.assume_role, **options) == ("MalformedPolicyDocument", "Syntax errors in policy.")


@pytest.mark.rule(GROUPS)
def test_a_user_has_the_policies_of_its_groups(people):
    name, session = people.user()
    people.iam.create_group(GroupName="readers")
    people.iam.put_group_policy(
        GroupName="readers", PolicyName="p", PolicyDocument=document(allow("lambda:ListFunctions"))
    )
    lambda_ = people.client(session, "lambda")
    assert refused(lambda_.list_functions)[0] == "AccessDeniedException"
    people.iam.add_user_to_group(GroupName="readers", UserName=name)
    lambda_.list_functions()


@pytest.mark.rule(KEYS)
def test_a_key_that_is_inactive_or_deleted_is_invalid(people):
    name, session = people.user(allow("*"))
    key = session.get_credentials().access_key
    people.iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    invalid = "The security token included in the request is invalid."
    assert refused(people.client(session, "lambda").list_functions) == ("UnrecognizedClientException", invalid)
    people.iam.delete_access_key(UserName=name, AccessKeyId=key)
    assert refused(people.client(session, "iam").list_users) == ("InvalidClientTokenId", invalid)
    assert refused(people.client(session, "s3").list_buckets)[0] == "InvalidAccessKeyId"


@pytest.mark.rule(SESSIONS)
def test_a_users_session_token_is_not_roots(people):
    _, session = people.user(allow("sqs:*"))
    token = people.client(session, "sts").get_session_token()["Credentials"]
    assert refused(people.client(session_of(token), "lambda").list_functions)[0] == "AccessDeniedException"


@pytest.mark.rule(COMPARISON)
@pytest.mark.parametrize(
    ("operation", "options"), [("get_session_token", {}), ("get_federation_token", {"Name": "me"})]
)
def test_a_session_gets_no_further_one_by_which_it_would_be_somebody_else(people, operation, options):
    user = people.client(people.user(allow("sts:*"))[1], "sts").get_session_token()["Credentials"]
    for session in (people.session(people.role(allow("sts:*"))), session_of(user)):
        code, words = refused(getattr(people.client(session, "sts"), operation), **options)
        name = operation.title().replace("_", "")
        assert (code, words) == ("AccessDenied", f"Cannot call {name} with session credentials")


@pytest.mark.rule(TRUST)
def test_a_role_says_who_may_assume_it(people):
    role = people.role(trusting=trust())
    sts = people.sts
    assert refused(sts.assume_role, RoleArn=people.arn(role), RoleSessionName="me") == (
        "AccessDenied",
        f"User: {ROOT_ARN} is not authorized to perform: sts:AssumeRole on resource: {people.arn(role)}",
    )
    assert refused(sts.assume_role, RoleArn=people.arn("missing"), RoleSessionName="me")[0] == "AccessDenied"


@pytest.mark.rule(TRUST)
def test_a_user_needs_a_permission_unless_the_role_names_it(people):
    name, session = people.user()
    sts, role = people.client(session, "sts"), people.role()
    assert refused(sts.assume_role, RoleArn=people.arn(role), RoleSessionName="me")[0] == "AccessDenied"
    named = people.role(trusting=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}"}))
    assert sts.assume_role(RoleArn=people.arn(named), RoleSessionName="me")["Credentials"]


@pytest.mark.rule(EXTERNAL_ID)
def test_another_account_may_have_to_know_an_external_id(people):
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": OTHER},
        **when("StringEquals", "sts:ExternalId", "12345"),
    }
    role = people.role(trusting=document(statement))
    _, session = People(people.server, OTHER).user(allow("sts:AssumeRole"))
    sts, options = people.client(session, "sts"), {"RoleArn": people.arn(role), "RoleSessionName": "me"}
    assert refused(sts.assume_role, **options)[0] == "AccessDenied"
    assert sts.assume_role(**options, ExternalId="12345")["Credentials"]


@pytest.mark.rule(TAGS)
def test_a_tag_of_the_principal_decides(people):
    condition = when("StringEquals", "aws:PrincipalTag/team", "blue")
    blue = people.role(allow("lambda:ListFunctions", **condition), Tags=[{"Key": "team", "Value": "blue"}])
    red = people.role(allow("lambda:ListFunctions", **condition), Tags=[{"Key": "team", "Value": "red"}])
    people.client(people.session(blue), "lambda").list_functions()
    assert refused(people.client(people.session(red), "lambda").list_functions)[0] == "AccessDeniedException"


@pytest.mark.rule(TAGS)
def test_a_tag_of_the_resource_decides(people):
    url = people.server.client("sqs", ACCOUNT).create_queue(QueueName="tagged", tags={"team": "blue"})["QueueUrl"]
    condition = when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}")
    for team, allowed in (("blue", True), ("red", False)):
        role = people.role(allow("sqs:*", **condition), Tags=[{"Key": "team", "Value": team}])
        sqs = people.client(people.session(role), "sqs")
        if allowed:
            sqs.send_message(QueueUrl=url, MessageBody="x")
        else:
            assert refused(sqs.send_message, QueueUrl=url, MessageBody="x")[0] == "AccessDenied"


# What a class does with functions


@pytest.mark.rule(EXECUTION_ROLE)
@pytest.mark.parametrize("role", ["missing", "trusts-another"])
def test_lambda_has_to_be_able_to_assume_the_role(people, deploy, role):
    if role != "missing":
        role = people.role(trusting=trust({"Service": "ec2.amazonaws.com"}))
    words = ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
    assert refused(deploy, Role=people.arn(role)) == words
    function = deploy()
    assert refused(function.configure, Role=people.arn(role)) == words


@pytest.mark.rule(PASS_ROLE)
def test_giving_a_role_to_a_function_takes_iam_passrole(people, deploy):
    role = people.role()
    lambda_ = people.acting("lambda", allow("lambda:*"))
    options = {"FunctionName": "passes", "Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": b"x"}}
    assert (
        f"is not authorized to perform: iam:PassRole on resource: {people.arn(role)}"
        in (refused(lambda_.create_function, **options, Role=people.arn(role))[1])
    )
    passing = allow(
        "iam:PassRole", people.arn(role), **when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")
    )
    lambda_ = people.acting("lambda", allow("lambda:*"), passing)
    assert refused(lambda_.create_function, **options, Role=people.arn(role))[0] == "InvalidParameterValueException"


ASKS = """
import boto3, os
from botocore.exceptions import ClientError

def handler(event, context):
    client = boto3.client(event["service"], endpoint_url=event.get("endpoint") or os.environ["AWS_ENDPOINT_URL"])
    try:
        getattr(client, event["call"])(**event.get("parameters", {}))
    except ClientError as error:
        return error.response["Error"]
    return {"Code": "ok"}
"""


@pytest.fixture(scope="module")
def asks(people, deploy):
    """A function that calls what it is told to, with a role of its own."""
    role = people.role()
    return role, deploy("asks.py", code=archive({"asks.py": ASKS}), Role=people.arn(role), Timeout=30)


@pytest.mark.rule(EXECUTION_ROLE)
def test_a_function_may_do_what_its_role_may(people, asks):
    role, function = asks
    event = {"service": "dynamodb", "call": "list_tables"}
    people.allow(role, allow("logs:*"))
    assert function.invoke(event).value == {
        "Code": "AccessDeniedException",
        "Message": f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{function.name} is not authorized to perform: "
        f"dynamodb:ListTables on resource: arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/* "
        "because no identity-based policy allows the dynamodb:ListTables action",
    }
    people.allow(role, allow("logs:*"), allow("dynamodb:ListTables"))
    assert function.invoke(event).value == {"Code": "ok"}


@pytest.mark.rule(SOURCE_FUNCTION)
def test_a_policy_can_tell_which_function_calls(people, asks):
    role, function = asks
    event = {"service": "sqs", "call": "list_queues"}
    for name, code in ((function.name, "ok"), ("another", "AccessDenied")):
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
        people.allow(role, allow("sqs:*", **when("ArnEquals", "lambda:SourceFunctionArn", arn)))
        assert function.invoke(event).value["Code"] == code


@pytest.mark.rule(RESOURCE_BASED)
@pytest.mark.parametrize("lane", [True, False], ids=["lane", "gateway"])
def test_invoking_takes_a_permission_of_either_side(people, deploy, lane):
    function, role = deploy(), people.role()
    client = people.client(people.session(role), "lambda")
    options = {"FunctionName": function.name} | ({} if lane else {"InvocationType": "DryRun"})
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function.name}"
    assert refused(client.invoke, **options) == (
        "AccessDeniedException",
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/me is not authorized to perform: lambda:InvokeFunction "
        f"on resource: {arn} because no identity-based policy allows the lambda:InvokeFunction action",
    )
    function.client.add_permission(
        FunctionName=function.name, StatementId="s", Action="lambda:InvokeFunction", Principal=people.arn(role)
    )
    assert client.invoke(**options)["StatusCode"] in (200, 204)


@pytest.mark.rule(RESOURCE_BASED)
def test_another_account_needs_both_sides(people, deploy):
    function = deploy()
    there = People(people.server, OTHER)
    role = there.role(allow("lambda:InvokeFunction"))
    client = there.client(there.session(role), "lambda")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function.name}"
    assert refused(client.invoke, FunctionName=arn)[1].endswith(
        "because no resource-based policy allows the lambda:InvokeFunction action"
    )
    function.client.add_permission(
        FunctionName=function.name, StatementId="s", Action="lambda:InvokeFunction", Principal=OTHER
    )
    assert client.invoke(FunctionName=arn)["StatusCode"] == 200


BASIC = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"])
INVALID = "InvalidParameterValueException"


@pytest.mark.rule(LOGS)
@pytest.mark.parametrize("missing", ["CreateLogGroup", "CreateLogStream", "PutLogEvents"])
def test_without_a_permission_for_logs_there_are_none(people, server, deploy, missing):
    code = archive({"quiet.py": "def handler(event, context):\n    return 1\n"})
    quiet = deploy("quiet.py", code=code, Role=people.arn(people.role(BASIC, deny(f"logs:{missing}"))))
    assert "REPORT" in quiet.invoke().log, "the caller sees them all the same"
    talks = deploy("probe.py", Role=people.arn(people.role(BASIC)))
    talks.invoke()
    logs = server.client("logs", ACCOUNT)

    def groups(name):
        return logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]

    eventually(lambda: groups(talks.name))  # written after the other's
    if missing == "CreateLogGroup":
        assert not groups(quiet.name)
    else:
        streams = logs.describe_log_streams(logGroupName=f"/aws/lambda/{quiet.name}")["logStreams"]
        assert len(streams) == (missing == "PutLogEvents")
        assert not logs.filter_log_events(logGroupName=f"/aws/lambda/{quiet.name}")["events"]


@pytest.mark.rule(LOGS)
def test_a_log_group_that_is_there_needs_no_permission_to_create_one(people, server, deploy):
    logs = server.client("logs", ACCOUNT)
    logs.create_log_group(logGroupName="/own/group")
    options = {"LoggingConfig": {"LogGroup": "/own/group"}}
    role = people.role(allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/own/group:*"))
    deploy(Role=people.arn(role), **options).invoke()
    eventually(lambda: logs.filter_log_events(logGroupName="/own/group")["events"])


@pytest.mark.rule(XRAY)
def test_tracing_takes_a_permission(people, deploy):
    role = people.role(BASIC)
    words = "The provided execution role does not have permissions to call PutTraceSegments on XRAY"
    assert refused(deploy, Role=people.arn(role), TracingConfig={"Mode": "Active"}) == (INVALID, words)
    function = deploy(Role=people.arn(role))
    assert refused(function.configure, TracingConfig={"Mode": "Active"}) == (INVALID, words)
    people.iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess")
    function.configure(TracingConfig={"Mode": "Active"})
    assert refused(function.configure, Role=people.arn(people.role(BASIC))) == (INVALID, words)


@pytest.mark.rule(XRAY)
def test_a_role_that_may_not_send_segments_sends_none(people, server, deploy):
    roles = [people.role(BASIC, allow("xray:*")) for _ in range(2)]
    functions = [deploy(Role=people.arn(role), TracingConfig={"Mode": "Active"}) for role in roles]
    people.allow(roles[0], BASIC)
    for function in functions:
        function.invoke()
    traces = server.client("xray", ACCOUNT)

    def traced():
        now = datetime.now(UTC)
        found = traces.get_trace_summaries(StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=1))
        return {service["Name"] for one in found["TraceSummaries"] for service in one["ServiceIds"]}

    unseen, expected = functions
    eventually(lambda: expected.name in traced())  # both were sent in this order
    assert unseen.name not in traced()


@pytest.mark.rule(VPC)
def test_an_attachment_takes_permissions_for_ec2(people, server, deploy):
    vpc = network(server.client("ec2", ACCOUNT)).config
    words = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    assert refused(deploy, Role=people.arn(people.role(BASIC)), VpcConfig=vpc) == (INVALID, words)
    role = people.role()
    people.iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    )
    deploy(Role=people.arn(role), VpcConfig=vpc)


@pytest.mark.rule(VPC_KEYS)
def test_functions_can_be_kept_inside_a_vpc(people, server, deploy):
    vpc, role = network(server.client("ec2", ACCOUNT)).config, people.role(allow("*"))
    outside = deny("lambda:CreateFunction", **when("Null", "lambda:VpcIds", "true"))
    inside = deployer(people.acting("lambda", allow("*"), outside), [])
    assert refused(inside, Role=people.arn(role))[1].endswith("with an explicit deny in an identity-based policy")
    function = inside(Role=people.arn(role), VpcConfig=vpc)
    function.client.delete_function(FunctionName=function.name)


@pytest.mark.rule(SQS_SOURCE)
def test_a_mapping_takes_permissions_for_the_queue(people, server, deploy):
    sqs = server.client("sqs", ACCOUNT)
    sqs.create_queue(QueueName="perm-source")
    role, source = people.role(BASIC), f"arn:aws:sqs:us-east-1:{ACCOUNT}:perm-source"
    function = deploy(Role=people.arn(role))
    options = {"FunctionName": function.name, "EventSourceArn": source}
    for missing in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        people.allow(role, allow("sqs:*", source), deny(f"sqs:{missing}"))
        words = f"The function execution role does not have permissions to call {missing} on SQS"
        assert refused(function.client.create_event_source_mapping, **options) == (INVALID, words)
    people.allow(role, BASIC)
    people.iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
    )
    made = function.client.create_event_source_mapping(**options)
    function.client.delete_event_source_mapping(UUID=made["UUID"])


@pytest.mark.rule(KINESIS_SOURCE)
def test_a_mapping_takes_permissions_for_the_stream(people, server, deploy):
    kinesis = server.client("kinesis", ACCOUNT)
    kinesis.create_stream(StreamName="perm", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="perm", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    role, source = people.role(BASIC), f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/perm"
    function = deploy(Role=people.arn(role))
    options = {"FunctionName": function.name, "EventSourceArn": source, "StartingPosition": "LATEST"}
    code, words = refused(function.client.create_event_source_mapping, **options)
    assert code == INVALID
    assert words.startswith(f"Cannot access stream {source}. Please ensure the role can perform the GetRecords,")
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"
    people.iam.attach_role_policy(RoleName=role, PolicyArn=managed)
    made = function.client.create_event_source_mapping(**options)
    function.client.delete_event_source_mapping(UUID=made["UUID"])


@pytest.mark.rule(DYNAMODB_SOURCE)
def test_a_mapping_takes_permissions_for_the_tables_stream(people, server, deploy):
    table = server.client("dynamodb", ACCOUNT).create_table(
        TableName="perm-stream",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    role, source = people.role(BASIC), table["TableDescription"]["LatestStreamArn"]
    function = deploy(Role=people.arn(role))
    options = {"FunctionName": function.name, "EventSourceArn": source, "StartingPosition": "LATEST"}
    assert refused(function.client.create_event_source_mapping, **options) == (
        INVALID,
        f"Cannot access stream {source}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, and ListStreams Actions on your stream in IAM.",
    )
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
    people.iam.attach_role_policy(RoleName=role, PolicyArn=managed)
    made = function.client.create_event_source_mapping(**options)
    function.client.delete_event_source_mapping(UUID=made["UUID"])


@pytest.mark.rule(RECORDS)
def test_dead_letters_and_destinations_take_permissions(people, server, deploy):
    server.client("sqs", ACCOUNT).create_queue(QueueName="perm-dead")
    queue, role = f"arn:aws:sqs:us-east-1:{ACCOUNT}:perm-dead", people.role(BASIC)
    function = deploy(Role=people.arn(role))
    dead = {"DeadLetterConfig": {"TargetArn": queue}}
    words = "The provided execution role does not have permissions to call SendMessage on SQS"
    assert refused(function.configure, **dead) == (INVALID, words)
    failing = {"FunctionName": function.name, "DestinationConfig": {"OnFailure": {"Destination": queue}}}
    words = f"The function's execution role does not have permissions to call SendMessage on {queue}"
    assert refused(function.client.put_function_event_invoke_config, **failing) == (INVALID, words)
    people.allow(role, BASIC, allow("sqs:SendMessage", queue))
    function.configure(**dead)
    function.client.put_function_event_invoke_config(**failing)


# Services


@pytest.mark.rule(BUCKETS)
def test_buckets_and_objects_are_different_resources(people):
    root = people.server.client("s3", ACCOUNT)
    root.create_bucket(Bucket="perm-one")
    root.put_object(Bucket="perm-one", Key="a/1", Body=b"x")
    s3 = people.acting("s3", allow("s3:GetObject", "arn:aws:s3:::perm-one/a/*"))
    assert s3.get_object(Bucket="perm-one", Key="a/1")["Body"].read() == b"x"
    s3.head_object(Bucket="perm-one", Key="a/1")
    code, words = refused(s3.list_objects_v2, Bucket="perm-one", Prefix="a/")
    assert code == "AccessDenied"
    assert words.endswith(
        'is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::perm-one" '
        "because no identity-based policy allows the s3:ListBucket action"
    )
    listing = allow("s3:ListBucket", "arn:aws:s3:::perm-one", **when("StringLike", "s3:prefix", "a/*"))
    s3 = people.acting("s3", listing)
    assert s3.list_objects_v2(Bucket="perm-one", Prefix="a/")["KeyCount"] == 1
    assert refused(s3.list_objects_v2, Bucket="perm-one")[0] == "AccessDenied"
    assert refused(s3.get_object, Bucket="perm-one", Key="a/1")[0] == "AccessDenied"


@pytest.mark.rule(BUCKETS)
def test_copying_takes_reading_and_writing(people):
    root = people.server.client("s3", ACCOUNT)
    root.create_bucket(Bucket="perm-copies")
    root.put_object(Bucket="perm-copies", Key="from/1", Body=b"x")
    writing = allow("s3:PutObject", "arn:aws:s3:::perm-copies/to/*")
    options = {"Bucket": "perm-copies", "Key": "to/1", "CopySource": "perm-copies/from/1"}
    assert "s3:GetObject" in refused(people.acting("s3", writing).copy_object, **options)[1]
    people.acting("s3", writing, allow("s3:GetObject", "arn:aws:s3:::perm-copies/from/*")).copy_object(**options)


@pytest.mark.rule(BUCKETS)
def test_a_buckets_policy_admits_and_denies(people):
    root, role = people.server.client("s3", ACCOUNT), people.role()
    root.create_bucket(Bucket="perm-policy")
    root.put_object(Bucket="perm-policy", Key="1", Body=b"x")
    s3, options = people.client(people.session(role), "s3"), {"Bucket": "perm-policy", "Key": "1"}
    admit = allow("s3:GetObject", "arn:aws:s3:::perm-policy/*", Principal={"AWS": people.arn(role)})
    root.put_bucket_policy(Bucket="perm-policy", Policy=document(admit))
    s3.get_object(**options)
    refuse = deny("s3:*", "arn:aws:s3:::perm-policy/*", Principal="*")
    root.put_bucket_policy(Bucket="perm-policy", Policy=document(admit, refuse))
    assert refused(s3.get_object, **options)[1].endswith("with an explicit deny in a resource-based policy")


@pytest.mark.rule(ACROSS)
def test_a_bucket_of_another_account(people):
    root, there = people.server.client("s3", ACCOUNT), People(people.server, OTHER)
    root.create_bucket(Bucket="perm-shared")
    s3 = there.acting("s3", allow("s3:*"))
    assert refused(s3.put_object, Bucket="perm-shared", Key="1", Body=b"x")[1].endswith(
        "because no resource-based policy allows the s3:PutObject action"
    )
    admit = allow("s3:PutObject", "arn:aws:s3:::perm-shared/*", Principal={"AWS": OTHER})
    root.put_bucket_policy(Bucket="perm-shared", Policy=document(admit))
    s3.put_object(Bucket="perm-shared", Key="1", Body=b"x")


@pytest.mark.rule(QUEUES)
def test_a_queue_says_no_in_its_own_spelling(people):
    url = people.server.client("sqs", ACCOUNT).create_queue(QueueName="perm")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:perm"
    sqs = people.acting("sqs", allow("sqs:SendMessage", arn))
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x"}])
    code, words = refused(sqs.receive_message, QueueUrl=url)
    assert code == "AccessDenied"
    assert words.endswith(
        f"is not authorized to perform: sqs:receivemessage on resource: {arn} "
        "because no identity-based policy allows the sqs:receivemessage action"
    )


@pytest.mark.rule(ACROSS)
def test_a_queue_of_another_account(people):
    root, there = people.server.client("sqs", ACCOUNT), People(people.server, OTHER)
    url, arn = root.create_queue(QueueName="perm-shared")["QueueUrl"], f"arn:aws:sqs:us-east-1:{ACCOUNT}:perm-shared"
    sqs = there.acting("sqs", allow("sqs:*"))
    assert refused(sqs.send_message, QueueUrl=url, MessageBody="x")[1].endswith(
        f"on resource: {arn} because no resource-based policy allows the sqs:sendmessage action"
    )
    admit = allow("sqs:SendMessage", arn, Principal={"AWS": OTHER})
    root.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(admit)})
    sqs.send_message(QueueUrl=url, MessageBody="x")


@pytest.mark.rule(TOPICS)
def test_a_topic_says_no_in_its_own_spelling(people):
    arn = people.server.client("sns", ACCOUNT).create_topic(Name="perm")["TopicArn"]
    people.acting("sns", allow("sns:Publish", arn)).publish(TopicArn=arn, Message="x")
    code, words = refused(people.acting("sns", allow("sns:Subscribe")).publish, TopicArn=arn, Message="x")
    assert code == "AuthorizationError"
    assert words.endswith("because no identity-based policy allows the SNS:Publish action")


@pytest.mark.rule(TABLES)
def test_rows_of_a_table(people):
    people.server.client("dynamodb", ACCOUNT).create_table(
        TableName="perm",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    arn = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/perm"
    own = when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", "anika")
    table = people.acting("dynamodb", allow(["dynamodb:PutItem", "dynamodb:Query"], arn, **own))
    table.put_item(TableName="perm", Item={"id": {"S": "anika"}})
    query = {"TableName": "perm", "KeyConditionExpression": "id = :i"}
    table.query(**query, ExpressionAttributeValues={":i": {"S": "anika"}})
    assert refused(table.query, **query, ExpressionAttributeValues={":i": {"S": "bo"}})[0] == "AccessDeniedException"
    assert refused(table.put_item, TableName="perm", Item={"id": {"S": "bo"}})[0] == "AccessDeniedException"
    writes = [{"Put": {"TableName": "perm", "Item": {"id": {"S": "anika"}}}}]
    table.transact_write_items(TransactItems=writes)
    select = "SELECT * FROM perm WHERE id = 'anika'"
    assert "dynamodb:PartiQLSelect" in refused(table.execute_statement, Statement=select)[1]


@pytest.mark.rule(CRYPTO)
def test_a_keys_policy_has_to_let_the_account_decide(people):
    root, role = people.server.client("kms", ACCOUNT), people.role(allow("kms:*"))
    kms = people.client(people.session(role), "kms")
    ordinary = root.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=ordinary, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    own = document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}))
    closed = root.create_key(Policy=own, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
    code, words = refused(kms.encrypt, KeyId=closed, Plaintext=b"x")
    assert code == "AccessDeniedException"
    assert words.endswith(
        f"kms:Encrypt on resource: {closed} because no resource-based policy allows the kms:Encrypt action"
    )


@pytest.mark.rule(SECRETS)
def test_a_secrets_policy_admits_a_role(people, server):
    root, role = server.client("secretsmanager", ACCOUNT), people.role()
    arn = root.create_secret(Name="perm/secret", SecretString="x")["ARN"]
    secrets = people.client(people.session(role), "secretsmanager")
    code, words = refused(secrets.get_secret_value, SecretId="perm/secret")
    assert (code, f"on resource: {arn} because" in words) == ("AccessDeniedException", True)
    admit = allow("secretsmanager:GetSecretValue", Principal={"AWS": people.arn(role)})
    root.put_resource_policy(SecretId="perm/secret", ResourcePolicy=document(admit))
    assert secrets.get_secret_value(SecretId="perm/secret")["SecretString"] == "x"
