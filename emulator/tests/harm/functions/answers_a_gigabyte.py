"""Posts a response of 1 GB to its Runtime API."""

import os
import socket


def handler(_event, context):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    block = b"%x\r\n%b\r\n" % (1 << 20, b"z" * (1 << 20))
    with socket.create_connection((host, int(port))) as client:
        path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(1024):
            client.sendall(block)
        client.sendall(b"0\r\n\r\n")
        client.recv(1024)
    return "ignored"
