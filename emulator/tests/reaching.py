"""Functions that say what they reach: `handlers/reaches.py`, and places for them."""

from __future__ import annotations

import itertools
import socket
import threading

import pytest
from networks import network
from places import ask, is_private

_numbers = itertools.count(1)


@pytest.fixture
def vpc(server):
    """A VPC with one subnet and no way out; it stays in the shared server, which no test counts."""
    return network(server.client("ec2"), subnets=1)


@pytest.fixture
def echo():
    """A port of this machine, where whoever connects is answered with what he says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"echo of " + connection.recv(100))

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def reaches(server, deploy):
    """Makes functions of handlers/reaches.py."""
    if not is_private(server):
        pytest.skip("this machine has no network namespaces")

    def make(**options):
        return deploy("reaches.py", **{"Timeout": 60, **options})

    return make


def tried(function, *tries):
    answer = function.invoke({"try": tries})
    assert answer.error is None, answer.body
    return answer.value


def main_table(vpc):
    filters = [{"Name": "vpc-id", "Values": [vpc.vpc]}]
    return vpc.ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]


def private_host(server, vpc, port, group, address="10.7.0.20"):
    body = {
        "place": f"{address}:5432",
        "to": f"127.0.0.1:{port}",
        "subnet": vpc.subnets[0],
        "security_groups": [group],
        "name": f"db-{next(_numbers)}.internal",
    }
    status, answer = ask(server, "POST", "/_dockerless/hosts", body)
    assert status == 200, answer
    return answer["host"]


def admit(vpc, group, port=5432):
    """Let the functions' group into another."""
    source = [{"GroupId": vpc.group}]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": source}
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
