"""Rollback of CloudFormation stacks

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re

import pytest
from deployed import eventually
from roles import ensure_role, trust

FAILURES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"
EVENTS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"
TROUBLE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
CONTINUE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html"
CREATE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"
EXECUTE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html"
CHANGE_SET = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html"
POLICY = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
HANDLER = "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html"
ROLE_TYPE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html"
NESTED = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html"
SUB = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html"

ACCOUNT = "650000000006"
STACK = "AWS::CloudFormation::Stack"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/test"
_numbers = itertools.count(1)


def queue(name=None, **attributes):
    named = {"QueueName": name} if name else {}
    return {"Type": "AWS::SQS::Queue", "Properties": {**named, **attributes}}


def function(answer, **properties):
    code = {"ZipFile": f"def handler(event, context): return {answer!r}"}
    settings = {"Runtime": "python3.13", "Handler": "index.handler", "Role": ROLE, "Code": code, **properties}
    return {"Type": "AWS::Lambda::Function", "Properties": settings}


def alias(version="$LATEST"):
    """An alias of Work; one of a version that is not there fails."""
    of = {"FunctionName": {"Ref": "Work"}, "FunctionVersion": version, "Name": "live"}
    return {"Type": "AWS::Lambda::Alias", "Properties": of}


def broken(*after, **attributes):
    """What fails, once these are there: FIFO is for names that end in .fifo."""
    return {**queue("broken", FifoQueue=True, **attributes), "DependsOn": list(after)}


BROKEN = broken("Jobs")


class Stack:
    """A stack, its end and its events."""

    def __init__(self, server):
        self.client, self.name = server.client("cloudformation", ACCOUNT), f"rolled-{next(_numbers)}"

    def create(self, *parts, **request):
        self.client.create_stack(StackName=self.name, TemplateBody=body(*parts), **request)
        return self.ended()

    def update(self, *parts, **request):
        self.client.update_stack(StackName=self.name, TemplateBody=body(*parts), **request)
        return self.ended()

    def ended(self):
        def state():
            (found,) = self.client.describe_stacks(StackName=self.id)["Stacks"]
            return None if found["StackStatus"].endswith("IN_PROGRESS") else found

        return eventually(state, 60)["StackStatus"]

    @property
    def id(self):
        listed = self.client.list_stacks()["StackSummaries"]  # deleted ones too
        found = [one for one in listed if one["StackName"] == self.name]
        return found[-1]["StackId"]

    def events(self):
        """The oldest first: logical id, status and reason."""
        events = reversed(self.client.describe_stack_events(StackName=self.id)["StackEvents"])
        return [
            (
                STACK if event["LogicalResourceId"] == self.name else event["LogicalResourceId"],
                event["ResourceStatus"],
                event.get("ResourceStatusReason"),
            )
            for event in events
        ]

    def since(self, status):
        """The events from the last one of the stack with this status."""
        events = self.events()
        start = max(number for number, event in enumerate(events) if event[:2] == (STACK, status))
        return events[start:]

    def ids(self):
        found = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId") for one in found}

    def delete(self):
        self.client.delete_stack(StackName=self.id)
        return self.ended()


def body(resources, outputs=None):
    return json.dumps({"Resources": resources, **({"Outputs": outputs} if outputs else {})})


@pytest.fixture
def stack(server):
    one = Stack(server)
    ensure_role(server.client("iam", ACCOUNT))
    yield one
    if any(found["StackName"] == one.name for found in one.client.describe_stacks()["Stacks"]):
        one.delete()


@pytest.fixture
def functions(server):
    return server.client("lambda", ACCOUNT)


@pytest.fixture
def queues(server):
    return lambda name: server.client("sqs", ACCOUNT).list_queues(QueueNamePrefix=name).get("QueueUrls", [])


def answer(functions, stack):
    return json.load(functions.invoke(FunctionName=stack.ids()["Work"])["Payload"])


@pytest.mark.rule(FAILURES)
def test_a_creation_that_fails_deletes_what_was_made_the_last_first(stack, functions, queues):
    wanted = {"Jobs": queue("undone"), "Work": function("x"), "Broken": broken("Jobs", "Work")}
    assert stack.create(wanted) == "ROLLBACK_COMPLETE"
    told = [event[:2] for event in stack.since("ROLLBACK_IN_PROGRESS")]
    made = [name for name, status, _ in stack.events() if status == "CREATE_COMPLETE"]
    gone = [name for name, status in told if status == "DELETE_COMPLETE"]
    assert gone == ["Broken", *reversed(made)]
    assert set(made) == {"Jobs", "Work"}
    assert told[-1] == (STACK, "ROLLBACK_COMPLETE")
    assert not queues("undone")
    assert not [one for one in functions.list_functions()["Functions"] if one["FunctionName"].startswith(stack.name)]


@pytest.mark.rule(EVENTS)
def test_the_events_name_the_resource_that_failed_and_nothing_that_waited_for_it(stack):
    after = queue(QueueName={"Fn::Sub": "${Broken}-x"})
    stack.create({"Jobs": queue(), "Broken": BROKEN, "After": after})
    failed = [event for event in stack.events() if event[1].endswith("FAILED")]
    assert [event[:2] for event in failed] == [("Broken", "CREATE_FAILED")]
    rolled = "The following resource(s) failed to create: [Broken]. Rollback requested by user."
    assert stack.since("ROLLBACK_IN_PROGRESS")[0][2] == rolled


@pytest.mark.rule(HANDLER)
def test_the_reason_is_the_message_of_the_service_and_a_handler_error_code(stack, server):
    server.client("sqs", ACCOUNT).create_queue(QueueName="taken", Attributes={"DelaySeconds": "1"})
    stack.create({"Jobs": queue("taken", DelaySeconds=2)})
    (reason,) = [event[2] for event in stack.events() if event[1] == "CREATE_FAILED"]
    words = (
        r'Resource handler returned message: ".+ \(Service: Sqs, Status Code: 400, Request ID: [\w-]+\)" '
        r"\(RequestToken: [\w-]+, HandlerErrorCode: AlreadyExists\)"
    )
    assert re.fullmatch(words, reason), reason
    assert server.client("sqs", ACCOUNT).get_queue_url(QueueName="taken")  # it is somebody else's


@pytest.mark.rule(TROUBLE)
def test_a_stack_whose_creation_was_rolled_back_can_only_be_deleted(stack):
    stack.create({"Jobs": queue(), "Broken": BROKEN})
    words = rf"Stack:{re.escape(stack.id)} is in ROLLBACK_COMPLETE state and can not be updated\."
    with pytest.raises(stack.client.exceptions.ClientError, match=words) as refusal:
        stack.update({"Jobs": queue()})
    assert refusal.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(stack.client.exceptions.ClientError, match=words):
        stack.client.create_change_set(StackName=stack.name, ChangeSetName="x", TemplateBody=body({"Jobs": queue()}))
    assert stack.delete() == "DELETE_COMPLETE"
    assert stack.create({"Jobs": queue()}) == "CREATE_COMPLETE"


@pytest.mark.rule(CREATE)
@pytest.mark.parametrize("asked", [{"OnFailure": "DO_NOTHING"}, {"DisableRollback": True}], ids=["nothing", "disabled"])
def test_a_creation_that_is_not_rolled_back_leaves_what_was_made(stack, queues, asked):
    assert stack.create({"Jobs": queue("stays"), "Broken": BROKEN}, **asked) == "CREATE_FAILED"
    assert stack.events()[-1] == (STACK, "CREATE_FAILED", "The following resource(s) failed to create: [Broken]. ")
    assert queues("stays")
    assert stack.delete() == "DELETE_COMPLETE"
    assert not queues("stays")


@pytest.mark.rule(FAILURES)
def test_only_a_stack_with_rollback_disabled_goes_on_from_where_it_failed(stack):
    resources = {"Jobs": queue(), "Broken": BROKEN}
    whole = {**resources, "Broken": queue("mended")}
    stack.create(resources, OnFailure="DO_NOTHING")
    with pytest.raises(stack.client.exceptions.ClientError, match=r"it contains \[on-failure: DO_NOTHING\]"):
        stack.update(whole)
    stack.delete()
    stack.create(resources, DisableRollback=True)
    before = stack.ids()["Jobs"]
    assert stack.update(whole) == "UPDATE_COMPLETE", stack.events()
    assert stack.ids()["Jobs"] == before
    assert stack.ids()["Broken"].endswith("/mended")


@pytest.mark.rule(CREATE)
def test_a_stack_can_be_deleted_when_its_creation_fails(stack, queues):
    wanted = {"Jobs": queue("all-gone"), "Broken": BROKEN}
    assert stack.create(wanted, OnFailure="DELETE") == "DELETE_COMPLETE"
    begun = "The following resource(s) failed to create: [Broken]. Delete requested by user."
    assert stack.since("DELETE_IN_PROGRESS")[0][2] == begun
    assert not queues("all-gone")


@pytest.mark.rule(CREATE)
def test_what_is_to_happen_after_a_failure_is_said_once(stack):
    with pytest.raises(stack.client.exceptions.ClientError, match="Either DisableRollback or OnFailure can be"):
        stack.create({"Jobs": queue()}, OnFailure="DO_NOTHING", DisableRollback=True)


@pytest.mark.rule(CREATE)
def test_a_stack_whose_template_is_refused_is_not_there(stack):
    with pytest.raises(stack.client.exceptions.ClientError, match="ValidationError"):
        stack.create({"Jobs": queue(QueueName={"Ref": "Nowhere"})})
    assert stack.create({"Jobs": queue()}) == "CREATE_COMPLETE"


@pytest.mark.rule(POLICY)
@pytest.mark.parametrize(
    ("policy", "asked", "left"),
    [("Retain", {}, 1), ("RetainExceptOnCreate", {}, 0), ("Retain", {"RetainExceptOnCreate": True}, 0)],
    ids=["retained", "except on create", "as asked"],
)
def test_a_retained_resource_outlives_the_rollback_of_its_creation(stack, server, queues, policy, asked, left):
    name = f"kept-{stack.name}"
    kept = {**queue(name), "DeletionPolicy": policy}
    stack.create({"Jobs": kept, "Broken": BROKEN}, **asked)
    assert len(queues(name)) == left
    assert ("Jobs", "DELETE_SKIPPED" if left else "DELETE_COMPLETE") in [event[:2] for event in stack.events()]
    for url in queues(name):
        server.client("sqs", ACCOUNT).delete_queue(QueueUrl=url)


@pytest.mark.rule(FAILURES)
def test_an_update_that_fails_gives_back_what_was_there(stack, functions, queues):
    old = {"Work": function("old", Description="as it was"), "Jobs": queue("before", DelaySeconds=1), "Live": alias()}
    outputs = {"Address": {"Value": {"Ref": "Jobs"}}}
    stack.create(old, outputs)
    before = stack.ids()
    new = {
        "Work": function("new", Environment={"Variables": {"MODE": "new"}}, Timeout=9, MemorySize=256),
        "Jobs": queue("after", DelaySeconds=2),
        "Added": queue("added"),
        "Broken": broken("Jobs", "Added", "Work"),
    }
    assert stack.update(new) == "UPDATE_ROLLBACK_COMPLETE"
    failed = [event[0] for event in stack.events() if event[1].endswith("FAILED")]
    assert failed == ["Broken"]
    assert stack.ids() == before
    assert answer(functions, stack) == "old"
    configuration = functions.get_function_configuration(FunctionName=before["Work"])
    assert [configuration[name] for name in ("Description", "Timeout", "MemorySize")] == ["as it was", 3, 128]
    assert not configuration.get("Environment", {}).get("Variables")
    assert functions.get_alias(FunctionName=before["Work"], Name="live")
    assert (len(queues("before")), queues("after"), queues("added")) == (1, [], [])
    (found,) = stack.client.describe_stacks(StackName=stack.name)["Stacks"]
    assert found["Outputs"] == [{"OutputKey": "Address", "OutputValue": before["Jobs"]}]
    assert "DeletionTime" not in found
    shown = stack.client.get_template(StackName=stack.name)["TemplateBody"]
    assert shown == json.loads(body(old, outputs))


@pytest.mark.rule(EVENTS)
def test_the_events_of_a_rolled_back_update(stack):
    stack.create({"Jobs": queue()})
    stack.update({"Jobs": queue(DelaySeconds=3), "Broken": BROKEN})
    words = "The following resource(s) failed to create: [Broken]. "
    events = stack.since("UPDATE_ROLLBACK_IN_PROGRESS")
    assert events[0] == (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", words)
    assert [event[:2] for event in events[1:]] == [
        ("Jobs", "UPDATE_IN_PROGRESS"),
        ("Jobs", "UPDATE_COMPLETE"),
        (STACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Broken", "DELETE_COMPLETE"),
        (STACK, "UPDATE_ROLLBACK_COMPLETE"),
    ]


@pytest.mark.rule(FAILURES)
def test_a_change_that_fails_is_undone_and_a_later_update_works(stack, server):
    def delay():
        attributes = sqs.get_queue_attributes(QueueUrl=stack.ids()["Jobs"], AttributeNames=["DelaySeconds"])
        return attributes["Attributes"]["DelaySeconds"]

    sqs, gone = server.client("sqs", ACCOUNT), {"Gone": queue()}
    stack.create({"Jobs": queue(DelaySeconds=1), **gone})
    wrong = queue(DelaySeconds=2, Tags=[{"Key": "a", "Value": "b"}], RedrivePolicy={"maxReceiveCount": 0})
    assert stack.update({"Jobs": wrong}) == "UPDATE_ROLLBACK_COMPLETE", stack.events()
    failed = [event for event in stack.events() if event[1] == "UPDATE_FAILED"]
    assert [event[0] for event in failed] == ["Jobs"]
    words = "The following resource(s) failed to update: [Jobs]. "
    assert stack.since("UPDATE_ROLLBACK_IN_PROGRESS")[0][2] == words
    assert delay() == "1"
    made = stack.client.create_change_set(
        StackName=stack.name, ChangeSetName="again", TemplateBody=body({"Jobs": queue(DelaySeconds=3), **gone})
    )
    assert stack.ended() == "UPDATE_ROLLBACK_COMPLETE"  # a change set changes nothing
    stack.client.execute_change_set(ChangeSetName=made["Id"])
    assert stack.ended() == "UPDATE_COMPLETE"
    assert delay() == "3"
    assert "Gone" in stack.ids()


@pytest.mark.rule(FAILURES)
def test_a_change_to_what_is_not_there_fails(stack, functions):
    stack.create({"Work": function("old"), "Live": alias()})
    assert stack.update({"Work": function("old"), "Live": alias("99")}) == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = [event[2] for event in stack.events() if event[1] == "UPDATE_FAILED"]
    assert "HandlerErrorCode: NotFound" in reason
    assert functions.get_alias(FunctionName=stack.ids()["Work"], Name="live")["FunctionVersion"] == "$LATEST"


@pytest.mark.rule(FAILURES)
def test_a_function_that_was_made_and_never_became_active_goes_too(stack, functions):
    assert stack.create({"Work": function("x", Runtime="java21")}) == "ROLLBACK_COMPLETE"
    assert not [one for one in functions.list_functions()["Functions"] if one["FunctionName"].startswith(stack.name)]


@pytest.mark.rule(NESTED)
def test_a_stack_within_a_stack_is_rolled_back_with_it(stack, server, queues):
    s3, place = server.client("s3", ACCOUNT), {"Bucket": f"inner-{next(_numbers)}", "Key": "template"}
    s3.create_bucket(Bucket=place["Bucket"])
    s3.put_object(**place, Body=body({"Jobs": queue("within"), "Broken": BROKEN}))
    url = f"https://{place['Bucket']}.s3.amazonaws.com/{place['Key']}"
    assert stack.create({"Inner": {"Type": STACK, "Properties": {"TemplateURL": url}}}) == "ROLLBACK_COMPLETE"
    (reason,) = [event[2] for event in stack.events() if event[1] == "CREATE_FAILED"]
    words = r"Embedded stack arn:\S+ was not successfully created: The following resource\(s\) failed to create: \[Broken\]. "
    assert re.fullmatch(words, reason)
    listed = stack.client.list_stacks()["StackSummaries"]
    inner = [one for one in listed if one["StackName"].startswith(f"{stack.name}-")]
    assert {one["StackStatus"] for one in inner} <= {"DELETE_COMPLETE"}
    assert not queues("within")


@pytest.mark.rule(EVENTS)
def test_a_resource_that_was_replaced_is_still_one_of_the_stack(stack):
    stack.create({"Jobs": queue("replaced")})
    assert stack.update({"Jobs": queue("replacing")}) == "UPDATE_COMPLETE"
    assert stack.ids()["Jobs"].endswith("/replacing")
    events = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    (gone,) = [event["PhysicalResourceId"] for event in events if event["ResourceStatus"] == "DELETE_COMPLETE"]
    assert gone.endswith("/replaced")


@pytest.mark.rule(EXECUTE)
def test_an_update_with_rollback_disabled_stays_half_done(stack, queues):
    stack.create({"Jobs": queue()})
    new = {"Jobs": queue(), "Half": queue("half-done"), "Broken": broken("Half")}
    assert stack.update(new, DisableRollback=True) == "UPDATE_FAILED"
    assert stack.events()[-1][2] == "The following resource(s) failed to create: [Broken]. "
    assert queues("half-done")
    (found,) = stack.client.describe_stacks(StackName=stack.name)["Stacks"]
    assert found["DisableRollback"] is True
    assert stack.update({**new, "Broken": queue()}) == "UPDATE_COMPLETE", stack.events()


@pytest.mark.rule(CHANGE_SET)
def test_a_change_set_says_what_happens_when_the_stack_fails(stack):
    wanted = {"Jobs": queue(), "Broken": BROKEN}
    made = stack.client.create_change_set(
        StackName=stack.name,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        OnStackFailure="DO_NOTHING",
        TemplateBody=body(wanted),
    )
    stack.client.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 0})
    stack.client.execute_change_set(ChangeSetName=made["Id"])
    assert stack.ended() == "CREATE_FAILED"


@pytest.mark.rule(CHANGE_SET)
def test_a_change_set_that_cannot_be_made_leaves_the_stack_as_it_is(stack):
    stack.create({"Jobs": queue()})
    wrong = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Work": {"Type": "AWS::Serverless::Function"}}}
    capable = {"Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
    where = {"StackName": stack.name, "ChangeSetName": "wrong"}
    stack.client.create_change_set(**where, TemplateBody=json.dumps(wrong), **capable)
    found = eventually(lambda: _failed(stack.client.describe_change_set(**where)), 60)
    assert found["StatusReason"] == (
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. "
        "Number of errors found: 1. Resource with id [Work] is invalid. "
        "Only one of 'InlineCode' or 'CodeUri' can be set."
    )
    assert stack.ended() == "CREATE_COMPLETE"


def _failed(change_set):
    return change_set["Status"] == "FAILED" and change_set


@pytest.fixture
def policy(server):
    """The ARN of a managed policy, and what makes and deletes it."""
    iam, name = server.client("iam", ACCOUNT), f"policy-{next(_numbers)}"
    document = document_of("sqs:SendMessage")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    yield (
        arn,
        lambda: iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document)),
        lambda: iam.delete_policy(PolicyArn=arn),
    )
    with contextlib.suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_policy(PolicyArn=arn)


def document_of(action):
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}


def role(*managed, **inline):
    policies = [{"PolicyName": name, "PolicyDocument": document_of(action)} for name, action in inline.items()]
    properties = {"ManagedPolicyArns": managed, "Policies": policies, "AssumeRolePolicyDocument": json.loads(trust())}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


@pytest.mark.rule(CONTINUE)
@pytest.mark.parametrize("skipped", [[], ["Role"]], ids=["repaired", "skipped"])
def test_a_rollback_that_failed_can_be_continued(policy, stack, server, queues, skipped):
    iam, (arn, make, delete), added = server.client("iam", ACCOUNT), policy, f"added-{stack.name}"
    stack.create({"Role": role(arn)})
    name = stack.ids()["Role"]
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    delete()
    new = {"Role": role(), "Jobs": queue(added), "Broken": broken("Jobs", "Role")}
    assert stack.update(new) == "UPDATE_ROLLBACK_FAILED"
    assert stack.events()[-1][2] == "The following resource(s) failed to update: [Role]. "
    with pytest.raises(stack.client.exceptions.ClientError, match="is in UPDATE_ROLLBACK_FAILED state and can not be"):
        stack.update({"Role": role()})
    if not skipped:
        make()
    stack.client.continue_update_rollback(StackName=stack.name, ResourcesToSkip=skipped)
    assert eventually(lambda: stack.ended() == "UPDATE_ROLLBACK_COMPLETE", 60)
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == ([] if skipped else [arn])
    assert not queues(added)
    with pytest.raises(stack.client.exceptions.ClientError, match="is in UPDATE_ROLLBACK_COMPLETE state"):
        stack.client.continue_update_rollback(StackName=stack.name)


@pytest.mark.rule(ROLE_TYPE)
def test_a_role_changes_where_it_is_and_has_its_policies_again_after_a_rollback(stack, server):
    iam = server.client("iam", ACCOUNT)

    def actions():
        names = iam.list_role_policies(RoleName=name)["PolicyNames"]
        found = [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in names]
        return {one["Statement"]["Action"] for one in found}

    stack.create({"Role": role(one="sqs:SendMessage", two="sqs:DeleteMessage")})
    name = stack.ids()["Role"]
    assert stack.update({"Role": role(one="sqs:ReceiveMessage")}) == "UPDATE_COMPLETE", stack.events()
    assert (stack.ids()["Role"], actions()) == (name, {"sqs:ReceiveMessage"})
    wrong = {"Role": role(three="sqs:*"), "Jobs": queue(), "Broken": broken("Jobs", "Role")}
    assert stack.update(wrong) == "UPDATE_ROLLBACK_COMPLETE"
    assert (stack.ids()["Role"], actions()) == (name, {"sqs:ReceiveMessage"})


@pytest.mark.rule(FAILURES)
def test_a_role_that_cannot_have_its_policies_is_not_left_behind(stack, server):
    assert stack.create({"Role": role(f"arn:aws:iam::{ACCOUNT}:policy/none")}) == "ROLLBACK_COMPLETE"
    roles = server.client("iam", ACCOUNT).list_roles()["Roles"]
    assert not [one for one in roles if one["RoleName"].startswith(stack.name)]


@pytest.mark.rule(SUB)
def test_an_escaped_name_in_a_text_stays_there(stack):
    texts = {
        "Plain": "${!Literal} 12",
        "Mixed": "a ${AWS::Region} ${!AWS::Region} ${!Jobs.Arn}",
        "Own": ["${!X}-${X}", {"X": "own"}],
    }
    outputs = {name: {"Value": {"Fn::Sub": text}} for name, text in texts.items()}
    assert stack.create({"Jobs": queue()}, outputs) == "CREATE_COMPLETE"
    (found,) = stack.client.describe_stacks(StackName=stack.name)["Stacks"]
    assert {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]} == {
        "Plain": "${Literal} 12",
        "Mixed": "a us-east-1 ${AWS::Region} ${Jobs.Arn}",
        "Own": "${X}-own",
    }
