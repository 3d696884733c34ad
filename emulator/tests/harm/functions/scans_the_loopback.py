"""Looks for neighbours' servers: connects to ports of the machine."""

import socket


def handler(event, _context):
    ends = {}
    for host, port in event["addresses"]:
        try:
            with socket.create_connection((host, port), timeout=2) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                ends[f"{host}:{port}"] = "answered" if client.recv(1) else "hung up"
        except OSError as error:
            ends[f"{host}:{port}"] = type(error).__name__
    return ends
