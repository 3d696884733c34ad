"""Sends its Runtime API what is no HTTP, and HTTP that lies about its length."""

import os
import socket

WORDS = (os.urandom(100_000), b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50_000, b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
         b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
         b"POST /x HTTP/1.1\r\nContent-Length: 999999999999999999\r\n\r\n")  # fmt: skip


def handler(_event, _context):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    for word in WORDS:
        with socket.create_connection((host, int(port))) as client:
            try:
                client.sendall(word)
                client.shutdown(socket.SHUT_WR)
                client.recv(1024)
            except OSError:
                pass
    return "sent"
