"""What is held back where functions share the machine's network: what goes by the environment's own endpoint."""

from __future__ import annotations

import http.server
import threading

import pytest
from deployed import deployer
from networks import network
from places import ask


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"served {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served.server_port
        served.shutdown()


def test_the_endpoint_of_an_environment_decides(another_server, runtimes, web):
    server, made = another_server(), []
    server.start("--network", "host")
    net = network(server.client("ec2"), subnets=1)
    body = {
        "place": "10.7.0.30:8080",
        "to": f"127.0.0.1:{web}",
        "subnet": net.subnets[0],
        "security_groups": [net.group],
    }
    assert ask(server, "POST", "/_dockerless/hosts", body)[0] == 200
    deploy = deployer(server.client("lambda"), made)
    attached, unattached = deploy("reaches.py", Timeout=60, VpcConfig=net.config), deploy("reaches.py", Timeout=60)
    inside = ("proxied", "http://10.7.0.30:8080/x?y=1")
    event = {"try": [("service", "s3"), inside, ("get", "/_dockerless/health"), ("api",)]}
    *answers, api = attached.invoke(event).value
    assert answers == ["no answer", "no answer", 403]
    assert api.startswith("127.")
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": net.group}]}
    net.ec2.authorize_security_group_ingress(GroupId=net.group, IpPermissions=[rule])
    assert attached.invoke({"try": [(*inside, 30)]}).value == ["served /x?y=1"]
    assert unattached.invoke({"try": [("service", "s3", 30)]}).value == ["answer"]
    capabilities = ask(server, "GET", "/_dockerless/info")[1]["capabilities"]
    assert not capabilities["private_network"]
    assert "network namespaces" in [one["part"] for one in capabilities["missing"]]
