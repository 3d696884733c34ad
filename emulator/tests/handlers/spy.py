#!/usr/bin/env python3
"""An external extension that prints what it is told. What it does beside that, SPY says, in JSON:

events: what it registers for.
begin: "exit" (before it registers), "error" (after), "hang".
invoke: "exit", "error" or "hang"; "report": it asks for the next event once the function is done; "ask": it connects to
    a host and goes on when it is hung up on.
shutdown: "ask", a second later.
host, port: for "ask".
subscribe: a request to the Telemetry API; what it brings goes to /tmp/telemetry, one event a line.
"""

import http.server
import json
import os
import pathlib
import socket
import socketserver
import sys
import threading
import time
import urllib.error
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}"
NAME = pathlib.Path(__file__).name
OPTIONS = json.loads(os.environ.get("SPY", "{}"))
arrived = threading.Condition()
telemetry = []


def say(*words):
    print(f"[{NAME}]", *words, flush=True)


def ask(path, body=None, method=None, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data, names, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, {}, json.loads(error.read())


def keep(events):
    with arrived, pathlib.Path("/tmp/telemetry").open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
        telemetry.extend(events)
        arrived.notify_all()


class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        keep(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            keep([json.loads(line)])


def listen(destination):
    address = ("sandbox.localdomain", 8080)
    if destination["protocol"] == "HTTP":
        server = http.server.ThreadingHTTPServer(address, Listener)
    else:
        server = socketserver.ThreadingTCPServer(address, Lines)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def behave(how, me, stage):
    if how == "exit":
        sys.exit(3)
    if how == "error":
        answer = ask(f"/2020-01-01/extension/{stage}/error", {}, **me, Lambda_Extension_Function_Error_Type="Spy.Sad")
        say("error", answer[0])
        sys.exit(0)
    if how == "hang":
        threading.Event().wait()


def wait_for_report(request):
    def done():
        return any(e["type"] == "platform.runtimeDone" and e["record"]["requestId"] == request for e in telemetry)

    with arrived:
        arrived.wait_for(done)


def wait_for_permission():
    with socket.create_connection((OPTIONS["host"], OPTIONS["port"])) as connection:
        connection.recv(1)


def main():
    if OPTIONS.get("begin") == "exit":
        sys.exit(3)
    events = {"events": OPTIONS.get("events", ["INVOKE", "SHUTDOWN"])}
    features = {"Lambda_Extension_Accept_Feature": "accountId"}
    status, headers, told = ask("/2020-01-01/extension/register", events, Lambda_Extension_Name=NAME, **features)
    say("registered", status, json.dumps(told), "handler" if "_HANDLER" in os.environ else "no handler")
    me = {"Lambda_Extension_Identifier": headers.get("Lambda-Extension-Identifier", "")}
    behave(OPTIONS.get("begin"), me, "init")
    if wanted := OPTIONS.get("subscribe"):
        listen(wanted["destination"])
        say("subscribed", *ask("/2022-07-01/telemetry", wanted, "PUT", **me)[::2])
    while True:
        _, _, event = ask("/2020-01-01/extension/event/next", **me)
        say(event["eventType"], json.dumps(event))
        if event["eventType"] == "SHUTDOWN":
            if OPTIONS.get("shutdown") == "ask":
                time.sleep(1)
                wait_for_permission()
            return
        if OPTIONS.get("invoke") == "report":
            wait_for_report(event["requestId"])
            say("the function is done")
        if OPTIONS.get("invoke") == "ask":
            wait_for_permission()
        behave(OPTIONS.get("invoke"), me, "exit")


main()
