"""Opens connections to its Runtime API and sends a byte now and then (slow loris), while it answers as it should."""

import os
import socket

kept = []


def handler(_event, _context):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    for _ in range(200):
        try:
            client = socket.create_connection((host, int(port)), timeout=1)
            client.sendall(b"POST /2018-06-01/runtime/init/err")
            kept.append(client)
        except OSError:
            break
    for client in kept:
        try:
            client.sendall(b"o")
        except OSError:
            pass
    return "answered"
