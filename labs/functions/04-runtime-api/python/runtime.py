"""A runtime in Python: what stands between Lambda and a handler."""

import importlib
import json
import os
import sys
import time
import urllib.request

try:
    from report import report  # yours, from exercise 3
except ImportError:
    report = None

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def call(path, body=None, headers=None):
    """GET without a body, POST with one. It waits as long as it takes."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data, headers or {})
    return urllib.request.urlopen(request)


def note(what):
    """Write a line for the log."""
    line = {"who": "runtime", "what": what, "at": time.time()}
    print(json.dumps(line), flush=True)


class Context:
    """What a handler learns about its invocation."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers[
            "Lambda-Runtime-Invoked-Function-Arn"
        ]
        self.deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline - int(time.time() * 1000))


def load():
    """Import the handler: "greeting.handler" is a module and a function."""
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    return getattr(importlib.import_module(module), name)


def serve(handler):
    """Next, invoke, respond, for as long as the environment lives."""
    note("ready")
    while True:
        with call("/invocation/next") as response:
            event, context = json.load(response), Context(response.headers)
            trace = response.headers.get("Lambda-Runtime-Trace-Id", "")
        os.environ["_X_AMZN_TRACE_ID"] = trace
        note("event")
        try:
            answer = handler(event, context)
        except Exception as error:
            if report is None:
                raise  # nobody told Lambda: the process ends
            path, headers, body = report(context.aws_request_id, error)
        else:
            path = f"/invocation/{context.aws_request_id}/response"
            headers, body = {}, answer
        note("done")
        call(path, body, headers).close()


def main():
    note("start")
    try:
        handler = load()
    except Exception as error:  # noqa: BLE001 - whatever it is
        kind = "Runtime.ImportModuleError"
        body = {"errorType": kind, "errorMessage": str(error)}
        header = {"Lambda-Runtime-Function-Error-Type": kind}
        call("/init/error", body, header).close()
        sys.exit(1)
    serve(handler)


main()
