"""Subscribes to telemetry with a listener that takes connections and reads nothing, and prints a lot."""

import json
import os
import socket
import threading
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}"
server = socket.create_server(("0.0.0.0", 0))


def ask(method, path, headers, body=None):
    return urllib.request.urlopen(urllib.request.Request(API + path, body, headers, method=method))


def wait(headers):
    while True:
        ask("GET", "/2020-01-01/extension/event/next", headers)


registered = ask("POST", "/2020-01-01/extension/register", {"Lambda-Extension-Name": "deaf"}, b'{"events": []}')
identified = {"Lambda-Extension-Identifier": registered.headers["Lambda-Extension-Identifier"]}
subscription = {
    "schemaVersion": "2022-12-13",
    "types": ["platform", "function", "extension"],
    "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
    "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.getsockname()[1]}"},
}
ask("PUT", "/2022-07-01/telemetry", identified, json.dumps(subscription).encode())
threading.Thread(target=wait, args=(identified,), daemon=True).start()


def handler(_event, _context):
    for number in range(20_000):
        print("unheard", number)
    return "said"
