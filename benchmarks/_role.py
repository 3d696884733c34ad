"""The execution role of the functions that are measured."""

import contextlib
import json

NAME = "benchmark"
POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}


def execution_role(iam) -> str:
    """Make the role if it is missing, allowed everything; its ARN."""
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.attach_role_policy(RoleName=NAME, PolicyArn=POLICY)
    return iam.get_role(RoleName=NAME)["Role"]["Arn"]
