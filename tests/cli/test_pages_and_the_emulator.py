"""A page in the learner's browser cannot drive the emulator, and may use what the learner publishes there."""

import http.server
import json
import subprocess
import threading

import boto3
import pytest
from ports import unused_port

from coldstart.stack import COMMAND

ATTACKS = """
const say = (name, outcome) => { window.told[name] = outcome };
const get = async (name, url, options) => {
  try { const answer = await fetch(url, options); say(name, answer.type == "opaque" ? "opaque" : await answer.text()) }
  catch (error) { say(name, "refused") }
};
const image = (url) => new Promise((done) => { const one = new Image(); one.onload = one.onerror = done; one.src = url });
const frame = (url) => new Promise((done) => {
  const form = document.createElement("form"), inner = document.createElement("iframe");
  inner.name = url; document.body.append(inner, form);
  Object.assign(form, {action: url, method: "POST", target: url});
  inner.onload = () => setTimeout(done, 0); form.submit();
});
window.told = {};
const SERVER = "http://127.0.0.1:%(port)d", RESET = SERVER + "/_dockerless/reset";
const RENAMED = "http://a.execute-api.localhost:%(port)d/_dockerless/reset";
window.ended = (async () => {
  await get("health", SERVER + "/_dockerless/health");
  await get("reset", RESET, {method: "POST"});
  await get("reset unseen", RESET, {method: "POST", mode: "no-cors"});
  await get("reset by another name", RENAMED, {method: "POST", mode: "no-cors"});
  await get("preflighted", SERVER + "/", {method: "POST", headers: {"X-Amz-Target": "AmazonSQS.ListQueues"}});
  await image(SERVER + "/?Action=DeleteQueue&Version=2012-11-05&QueueUrl=%(queue)s");
  await image(SERVER + "/000000000000/kept?Action=DeleteQueue&Version=2012-11-05");
  await frame(SERVER + "/000000000000/kept?Action=PurgeQueue&Version=2012-11-05");
  await frame(RESET);
  await get("shared", SERVER + "/shared/key");
  await get("not shared", SERVER + "/closed/key");
})();
"""


@pytest.fixture
def emulator(tmp_path):
    """An emulator of its own; its port."""
    port = unused_port()
    at = [f"--port={port}", f"--data={tmp_path / 'emulator'}"]
    subprocess.run([COMMAND, "start", *at], check=True, capture_output=True)
    yield port
    subprocess.run([COMMAND, "stop", *at], check=True, capture_output=True)


@pytest.fixture
def page():
    """Serves a script in a page on a port of its own: another origin, though the same machine."""
    served = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(f"<body><script>{served['script']}</script>".encode())

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield lambda script: served.update(script=script) or f"http://localhost:{server.server_port}/"
        server.shutdown()


def client(port, service):
    return boto3.Session("000000000000", "x", region_name="us-east-1").client(
        service, endpoint_url=f"http://127.0.0.1:{port}"
    )


def test_a_page_cannot_drive_the_emulator(browser, emulator, page):
    s3, sqs = client(emulator, "s3"), client(emulator, "sqs")
    queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="kept")
    for bucket in ("shared", "closed"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [rule]})
    tab = browser.new_page()
    tab.goto(page(ATTACKS % {"port": emulator, "queue": queue}))
    told = tab.evaluate("window.ended.then(() => window.told)")
    tab.close()
    assert told == {
        "health": "refused",
        "reset": "refused",
        "reset unseen": "opaque",
        "reset by another name": "opaque",
        "preflighted": "refused",
        "shared": "content",
        "not shared": "refused",
    }, json.dumps(told)
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"
