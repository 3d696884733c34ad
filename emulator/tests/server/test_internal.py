"""Requests from outside that pretend to be the server's own."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from localstack_dockerless.server import internal
from roles import People

ACCOUNT = "670000000001"
FORGED = {"x-localstack-data": json.dumps({"service_principal": "sns"}), "x-moto-account-id": "000000000000"}


def forging(client, **headers):
    def add(request, **_):
        for name, value in headers.items():
            request.headers[name] = value

    client.meta.events.register("before-send", add)
    return client


@pytest.mark.parametrize("name", ["x-localstack-data", "X-LocalStack-Data"])
def test_a_forged_header_makes_nobody_a_service(server, name):
    people = People(server, ACCOUNT)
    client = forging(people.acting("lambda"), **{name: FORGED["x-localstack-data"]})
    with pytest.raises(ClientError, match="is not authorized to perform: lambda:ListFunctions"):
        client.list_functions()


def test_a_forged_account_is_not_the_requests(server):
    mine, theirs = (server.client("ecr", account) for account in (ACCOUNT, "670000000002"))
    mine.create_repository(repositoryName="mine")
    forged = forging(theirs, **{"x-moto-account-id": ACCOUNT})
    assert forged.describe_repositories()["repositories"] == []


def test_only_who_knows_its_name_keeps_such_headers():
    forged = [(b"Host", b"a"), (b"X-Moto-Account-Id", b"1"), (b"x-localstack-data", b"{}")]
    assert internal.without_forged(forged) == [(b"Host", b"a")]
    own = [*forged, (internal.NAME.encode(), b"{}")]
    assert internal.without_forged(own) == own
    assert internal.without_forged(forged[:1]) == forged[:1]
