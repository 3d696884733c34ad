"""Checks of lab 08."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from coldstart.lab.checking import CheckFailed, check

FUNCTION, LEDGER, PARTNER = "coldstart-08-invoices", "coldstart-08-ledger", "coldstart-08-partner"
LOGGING = "AWSLambdaBasicExecutionRole"
INVOKE, PUT = "lambda:invokefunction", "dynamodb:putitem"
EVENT = {"Records": [{"s3": {"object": {"key": "acme-118.pdf"}}}]}
Statement = dict[str, Any]


def _listed(value: Any) -> list[Any]:
    """Return what policies write as one or as a list of several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _statements(document: str | dict[str, Any]) -> list[Statement]:
    read = json.loads(document) if isinstance(document, str) else document
    return _listed(read["Statement"])


def _configuration(aws: boto3.Session, wanted: str) -> dict[str, Any]:
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=FUNCTION))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"{FUNCTION} does not exist, so {wanted}; run the cells of step 1.") from None


def _policy(aws: boto3.Session, wanted: str) -> list[Statement]:
    """Return the statements of the function's policy; none when it has no policy."""
    _configuration(aws, wanted)
    functions = aws.client("lambda")
    try:
        return _statements(functions.get_policy(FunctionName=FUNCTION)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        return []


def _ledger(aws: boto3.Session, file: str) -> bool:
    """Say whether the ledger has a file."""
    dynamodb = aws.client("dynamodb")
    try:
        return "Item" in dynamodb.get_item(TableName=LEDGER, Key={"file": {"S": file}}, ConsistentRead=True)
    except dynamodb.exceptions.ResourceNotFoundException:
        return False


# What the role may do


def _of_role(aws: boto3.Session, role: str) -> Iterator[Statement]:
    """Yield the statements of a role's own policies.

    Raises:
        CheckFailed: A policy of AWS is attached, other than the one for logs.
    """
    iam = aws.client("iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield from _statements(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn, name = policy["PolicyArn"], policy["PolicyName"]
        if name == LOGGING:
            continue
        if arn.startswith("arn:aws:iam::aws:"):
            raise CheckFailed(
                f"The role has AWS's policy {name}, which is for every table there is; write one for yours."
            )
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        yield from _statements(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _judge(statement: Statement, table: str) -> None:
    """Refuse a statement that allows more than the handler needs."""
    if "NotAction" in statement or "NotResource" in statement:
        raise CheckFailed("NotAction and NotResource allow everything but what they name; name what the handler needs.")
    actions = {action.lower() for action in _listed(statement["Action"])}
    if spare := sorted(action for action in actions - {PUT} if not action.startswith("logs:")):
        raise CheckFailed(f"The role may do more than the handler does: {', '.join(spare)}.")
    if PUT in actions and _listed(statement["Resource"]) != [table]:
        raise CheckFailed(
            f"PutItem is allowed on {', '.join(_listed(statement['Resource']))}; the table's ARN is {table}."
        )


@check("least-privilege", "The function may write into its ledger, and nothing else")
def least_privilege(aws: boto3.Session) -> None:
    role = _configuration(aws, "there is no role to look at")["Role"].rpartition("/")[2]
    table = aws.client("dynamodb").describe_table(TableName=LEDGER)["Table"]["TableArn"]
    allowing = [one for one in _of_role(aws, role) if one["Effect"] == "Allow"]
    for statement in allowing:
        _judge(statement, table)
    if not any(PUT in map(str.lower, _listed(statement["Action"])) for statement in allowing):
        raise CheckFailed(f"No policy of {role} allows dynamodb:PutItem yet, so the function can enter nothing.")
    answer = aws.client("lambda").invoke(FunctionName=FUNCTION, Payload=json.dumps(EVENT))
    if "FunctionError" in answer:
        said = json.load(answer["Payload"]).get("errorMessage", "an error")
        raise CheckFailed(f"The policy is right, but the function still fails (on AWS, try again in a moment): {said}")


# Who may call the function


def _invoking(statements: list[Statement], effect: str) -> Iterator[Statement]:
    """Yield the statements of an effect that are about invoking."""
    for statement in statements:
        actions = {action.lower() for action in _listed(statement.get("Action"))}
        if statement["Effect"] == effect and actions & {INVOKE, "lambda:*", "*"}:
            yield statement


def _principals(statement: Statement, kind: str) -> list[str]:
    principal = statement.get("Principal", {})
    return ["*"] if principal == "*" else _listed(principal.get(kind))


def _conditions(statement: Statement) -> dict[str, list[str]]:
    """Return the keys of a statement's conditions, in lower case, and their values."""
    operators = statement.get("Condition", {}).values()
    return {key.lower(): _listed(value) for keys in operators for key, value in keys.items()}


def _judge_door(statement: Statement, bucket: str, account: str) -> None:
    """Refuse a statement by which S3 gets in for another bucket than ours."""
    found, name = _conditions(statement), statement.get("Sid", "without a Sid")
    buckets, accounts = found.get("aws:sourcearn"), found.get("aws:sourceaccount")
    if not (buckets or accounts):
        raise CheckFailed(f"The statement {name} lets S3 in for every bucket of every account; remove it.")
    if buckets != [bucket]:
        named = f"says {', '.join(buckets)}" if buckets else "leaves it open"
        raise CheckFailed(
            f"Which bucket may announce its files? The statement {name} {named}; SourceArn is to be {bucket}."
        )
    if accounts and accounts != [account]:
        raise CheckFailed(f"The statement {name} takes {', '.join(accounts)} for the owner; our account is {account}.")
    if not accounts:
        raise CheckFailed(
            f"The statement {name} names the bucket and not its owner: a deleted bucket's name can pass to somebody else. "
            f"Add SourceAccount {account}."
        )


@check("only-our-bucket", "S3 gets in for the inbox in our account only")
def only_our_bucket(aws: boto3.Session) -> None:
    statements = list(_invoking(_policy(aws, "S3 has nothing to call"), "Allow"))
    if any("*" in _principals(statement, "AWS") for statement in statements):
        raise CheckFailed('A statement has the principal "*", which is everybody; name S3, its bucket and its account.')
    doors = [one for one in statements if "s3.amazonaws.com" in _principals(one, "Service")]
    if not doors:
        raise CheckFailed("No statement lets S3 in any more, so your own invoices are lost; add one for your bucket.")
    account = _account(aws)
    inbox = f"coldstart-08-inbox-{account}"
    for statement in doors:
        _judge_door(statement, f"arn:aws:s3:::{inbox}", account)
    if "LambdaFunctionConfigurations" not in aws.client("s3").get_bucket_notification_configuration(Bucket=inbox):
        raise CheckFailed(f"The statement is right, but {inbox} announces nothing; run `notify(s3, INBOX)` again.")


@check("stranger-stopped", "Our invoices arrive, the stranger's do not")
def stranger_stopped(aws: boto3.Session) -> None:
    if not _ledger(aws, "acme-122.pdf"):
        raise CheckFailed("Our own acme-122.pdf never reached the ledger: S3 cannot get in, or the role cannot write.")
    for _ in range(5):  # a late one may still be on its way
        if _ledger(aws, "mallory-5000.pdf"):
            raise CheckFailed("The stranger's mallory-5000.pdf is in the ledger: S3 still gets in for their bucket.")
        time.sleep(0.1)


def _account(aws: boto3.Session) -> str:
    return str(aws.client("sts").get_caller_identity()["Account"])


def _strangers(aws: boto3.Session, statements: list[Statement]) -> list[str]:
    """Return the principals of other accounts, and everybody."""
    found = [principal for statement in statements for principal in _principals(statement, "AWS")]
    return [one for one in found if _account(aws) not in one.split(":")]


@check("partner-admitted", "The partner's role may invoke the function, nobody else of its account")
def partner_admitted(aws: boto3.Session) -> None:
    statements = list(_invoking(_policy(aws, "the partner has nothing to call"), "Allow"))
    theirs = _strangers(aws, statements)
    if not theirs:
        raise CheckFailed(f"The function's policy admits nobody of the other account yet; admit the role {PARTNER}.")
    if wide := [one for one in theirs if not one.endswith(f":role/{PARTNER}")]:
        raise CheckFailed(
            f"The policy admits {wide[0]}, which is not just the one role; give the role's ARN as Principal."
        )
    named = [one for one in statements if set(_principals(one, "AWS")) & set(theirs)]
    if any({action.lower() for action in _listed(one["Action"])} != {INVOKE} for one in named):
        raise CheckFailed("The partner may do more than invoke the function; lambda:InvokeFunction is enough.")


def _locks(aws: boto3.Session, statement: Statement) -> bool:
    """Say whether a Deny is about the other account: its principals, or everybody of whom a condition says that they are its own."""
    principals, named = _principals(statement, "AWS"), _strangers(aws, [statement])
    if named and set(principals) - set(named):
        raise CheckFailed("The Deny is for your own account as well; its principal is to be the other account alone.")
    conditions = {operator.lower(): list(keys) for operator, keys in statement.get("Condition", {}).items()}
    if "*" in named and [[key.lower() for key in keys] for keys in conditions.values()] == [["aws:principalaccount"]]:
        return "stringequals" in conditions and _conditions(statement)["aws:principalaccount"] != [_account(aws)]
    if "*" in named:
        raise CheckFailed(
            "The Deny is for everybody, S3 and your own roles too; its principal is to be the other account."
        )
    if named and conditions:
        raise CheckFailed(
            "The Deny counts only while its condition holds; nobody of that account is to get in, so leave it out."
        )
    return bool(named)


@check("locked-out", "The other account is denied, and nothing else has changed")
def locked_out(aws: boto3.Session) -> None:
    statements = _policy(aws, "there is nobody to lock out")
    denying = [one for one in _invoking(statements, "Deny") if _locks(aws, one)]
    if not denying:
        raise CheckFailed(
            "No statement denies the other account lambda:InvokeFunction; taking an Allow away is no Deny."
        )
    kept = list(_invoking(statements, "Allow"))
    if not any("s3.amazonaws.com" in _principals(one, "Service") for one in kept):
        raise CheckFailed(
            "The Deny is there, but S3's statement is gone: put_resource_policy replaces the whole policy."
        )
    if not _strangers(aws, kept):
        raise CheckFailed("The Deny is there, but the partner's statement is gone; keep it, a Deny wins over it.")
    whole = [
        one for one in denying if any(principal.endswith(f":role/{PARTNER}") for principal in _principals(one, "AWS"))
    ]
    if len(whole) == len(denying):
        raise CheckFailed("Only the partner's one role is denied; deny its account, which may have other stolen keys.")
    try:
        aws.client("lambda").invoke(FunctionName=FUNCTION, InvocationType="DryRun")
    except ClientError:
        raise CheckFailed("The Deny keeps you out as well; its principal is to be the other account.") from None
