"""What examples begin with: a role, a function."""

import io
import json
import zipfile

import boto3


def role(
    name: str, *policies: str, service: str = "lambda.amazonaws.com"
) -> str:
    """Make a role that a service may assume, and return its ARN.

    Args:
        name: Of the role.
        policies: ARNs of managed policies that it gets.
        service: Which service.
    """
    iam = boto3.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)[
        "Role"
    ]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    return str(arn)


def package(source: str, name: str = "index.py") -> bytes:
    """Return a ZIP archive with one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(name, source)
    return archive.getvalue()


def function(
    name: str,
    source: str = "def handler(event, context):\n    return event\n",
    **options: object,
) -> str:
    """Make a function, wait until it is active, and return its ARN.

    Args:
        name: Of the function.
        source: Its only file, ``index.py``, with a function ``handler``.
        options: Further arguments of CreateFunction; without ``Role`` it gets one of its own.
    """
    functions = boto3.client("lambda")
    settings = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": package(source)},
        **options,
    }
    if "Role" not in settings:
        settings["Role"] = role(f"{name}-role")
    arn = functions.create_function(FunctionName=name, **settings)[
        "FunctionArn"
    ]
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    return str(arn)
