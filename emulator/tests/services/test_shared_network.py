"""What is held back where functions share the machine's network: what goes by the environment's own endpoint."""

from __future__ import annotations

import http.server
import threading

import pytest
from deployed import archive, deployer
from networks import network
from places import ask

SOURCE = """
import os, urllib.error, urllib.request, boto3
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
CONFIG = Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 1})

def get(url):
    try:
        return urllib.request.urlopen(url, timeout=0.5).read().decode()
    except urllib.error.HTTPError as error:
        return error.code
    except (TimeoutError, urllib.error.URLError):
        return "no answer"

def handler(event, context):
    try:
        boto3.client("s3", config=CONFIG).list_buckets()
        answer = "answer"
    except ReadTimeoutError:
        answer = "no answer"
    own = os.environ["AWS_ENDPOINT_URL"]
    return {"endpoint": own, "s3": answer, "urls": [get(url.replace("OWN", own)) for url in event["urls"]]}
"""


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


@pytest.mark.parametrize("how", ["network", "sandbox"])
def test_the_endpoint_of_an_environment_decides(another_server, runtimes, how, web, monkeypatch):
    if how == "sandbox":
        monkeypatch.setenv("DOCKERLESS_SANDBOX", "plain")
    server, made = another_server(), []
    server.start(*(["--network", "host"] if how == "network" else []))
    net = network(server.client("ec2"), subnets=1)
    body = {"place": "10.7.0.30:8080", "to": f"127.0.0.1:{web}", "subnet": net.subnets[0], "security_groups": [net.group]}
    assert ask(server, "POST", "/_dockerless/hosts", body)[0] == 200
    options = {"code": archive({"app.py": SOURCE}), "Handler": "app.handler", "Timeout": 20}
    deploy = deployer(server.client("lambda"), made)
    attached, unattached = deploy("app.py", **options, VpcConfig=net.config), deploy("app.py", **options)
    event = {"urls": ["http://10.7.0.30:8080/x?y=1", "OWN/_dockerless/health"]}
    before = attached.invoke(event).value
    assert (before["s3"], before["urls"]) == ("no answer", ["no answer", 403])
    assert before["endpoint"] not in (server.endpoint, unattached.invoke({"urls": []}).value["endpoint"])
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": net.group}]}
    net.ec2.authorize_security_group_ingress(GroupId=net.group, IpPermissions=[rule])
    assert attached.invoke(event).value["urls"] == ["served /x?y=1", 403]
    assert unattached.invoke({"urls": []}).value["s3"] == "answer"
    capabilities = ask(server, "GET", "/_dockerless/info")[1]["capabilities"]
    assert not capabilities["private_network"]
    assert "network namespaces" in [one["part"] for one in capabilities["missing"]]
