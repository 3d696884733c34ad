"""Does to Runtime APIs what no function should."""

import http.client
import os
import socket

NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"


def ask(address, method, path, body=None):
    try:
        client = http.client.HTTPConnection(address, timeout=2)
        client.request(method, path, body)
        return client.getresponse().status
    except OSError as error:
        return type(error).__name__
    except http.client.HTTPException as error:
        return type(error).__name__


def handler(event, context):
    address = event.get("address") or os.environ["AWS_LAMBDA_RUNTIME_API"]
    host, _, port = address.partition(":")
    match event["how"]:
        case "tell":
            return address
        case "rubbish":
            with socket.create_connection((host, int(port))) as client:
                client.sendall(os.urandom(100_000))
        case "steal":
            return ask(address, "GET", NEXT)
        case "fail init":
            return ask(address, "POST", INIT_ERROR, b"{}")
        case "answer":
            return ask(address, "POST", f"/2018-06-01/runtime/invocation/{event['request']}/response", b'"forged"')
        case "hang up":
            os.closerange(3, 1024)
    return "done"
