"""Asks for the next event itself, twice at a time, beside the runtime that does."""

import http.client
import os
import threading


def ask():
    try:
        client = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"], timeout=5)
        client.request("GET", "/2018-06-01/runtime/invocation/next")
        seen.append(client.getresponse().status)
    except OSError:
        seen.append("no answer")


seen = []


def handler(_event, _context):
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen
