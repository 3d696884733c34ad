"""Sends its Runtime API requests that have no end to their head, on every connection it gets."""

import os
import socket


def handler(_event, _context):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    ends = []
    for number in range(3):
        with socket.create_connection((host, int(port))) as client:
            try:
                client.sendall(b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\n")
                for line in range(100_000):
                    client.sendall(b"X-%d-%d: %b\r\n" % (number, line, b"h" * 1000))
                ends.append("taken")
            except OSError:
                ends.append("hung up")
    return ends
