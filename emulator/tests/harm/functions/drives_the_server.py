"""Talks to addresses of the server's own, which are the person's: forgets all, looks around."""

import http.client
import os
import urllib.parse


def ask(method, path, headers=None):
    client = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc, timeout=20)
    client.request(method, path, headers=headers or {})
    return client.getresponse().status


def handler(event, _context):
    return {f"{method} {path}": ask(method, path) for method, path in event["requests"]}
