"""Roles and users of the tests' accounts, and clients that act as them."""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import boto3
import botocore.session
from servers import CLIENT, Server

SERVICES = ("lambda", "states", "scheduler", "events", "apigateway", "logs")
"""Who may assume the role that tests give away when roles are not what they are about."""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_numbers = itertools.count(1)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(*principals: dict[str, Any]) -> str:
    """Who may assume a role: Lambda if nobody else is named."""
    some = principals or ({"Service": "lambda.amazonaws.com"},)
    return document(*({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": one} for one in some))


def ensure_role(iam: Any, name: str = "test") -> None:
    """A role that functions, state machines and schedules may have, and that may do everything."""
    trusting = trust(*({"Service": f"{service}.amazonaws.com"} for service in SERVICES))
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting)
    iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)


def role_of(client: Any) -> str:
    """The ARN of that role in the account of a client of any service; it is made if it is missing."""
    account = client._request_signer._credentials.access_key
    ensure_role(_iam(account, client.meta.endpoint_url))
    return f"arn:aws:iam::{account}:role/test"


@cache
def _iam(account: str, endpoint: str) -> Any:
    session = boto3.Session(account, "secret", region_name="us-east-1")
    return session.client("iam", endpoint_url=endpoint, config=CLIENT)


@dataclass
class People:
    """Makes the roles and users of one account."""

    server: Server
    account: str

    @cached_property
    def iam(self) -> Any:
        return self.server.client("iam", self.account)

    @cached_property
    def sts(self) -> Any:
        return self.server.client("sts", self.account)

    def role(self, *statements: dict[str, Any], trusting: str = "", **options: Any) -> str:
        """A new role with an inline policy of these statements; its name."""
        name = f"role-{next(_numbers)}"
        principals = ({"AWS": f"arn:aws:iam::{self.account}:root"}, {"Service": "lambda.amazonaws.com"})
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting or trust(*principals), **options)
        if statements:
            self.allow(name, *statements)
        return name

    def allow(self, role: str, *statements: dict[str, Any]) -> None:
        """Replace the role's inline policy."""
        self.iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=document(*statements))

    def arn(self, role: str) -> str:
        return f"arn:aws:iam::{self.account}:role/{role}"

    def session(self, role: str, **options: Any) -> boto3.Session:
        """What somebody sees who has assumed the role."""
        return session_of(self.sts.assume_role(RoleArn=self.arn(role), RoleSessionName="me", **options)["Credentials"])

    def user(self, *statements: dict[str, Any], **options: Any) -> tuple[str, boto3.Session]:
        """A new user with an inline policy; the name, and what it sees."""
        name = f"user-{next(_numbers)}"
        self.iam.create_user(UserName=name, **options)
        if statements:
            self.iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document(*statements))
        return name, session_of(self.iam.create_access_key(UserName=name)["AccessKey"])

    def client(self, session: boto3.Session, service: str) -> Any:
        return session.client(service, endpoint_url=self.server.endpoint, config=CLIENT)

    def acting(self, service: str, *statements: dict[str, Any]) -> Any:
        """A client of somebody who may do this, and no more."""
        return self.client(self.session(self.role(*statements)), service)


def session_of(credentials: dict[str, Any]) -> boto3.Session:
    """What somebody sees who has these credentials. Sessions share what they read: the models of services."""
    core = botocore.session.Session()
    core.register_component("data_loader", _LOADER)
    return boto3.Session(
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials.get("SessionToken"),
        region_name="us-east-1",
        botocore_session=core,
    )


_LOADER = botocore.session.Session().get_component("data_loader")
