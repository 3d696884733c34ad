"""Goes wrong in every way that a handler can."""

import ctypes
import itertools
import os
import sys
import time

invocations = itertools.count(1)


def recurse(depth):
    return 1 / 0 if depth == 0 else recurse(depth - 1)


def eat(megabytes):
    return len([b"x" * 1024 * number for number in [1024] * megabytes])


def handler(event, _context):
    count = next(invocations)
    match event.get("how"):
        case "exit":
            print("before the end", flush=True)
            os._exit(event["status"])
        case "sys.exit":
            sys.exit(event["status"])
        case "signal":
            os.kill(os.getpid(), event["number"])
            time.sleep(10)
        case "segfault":
            ctypes.string_at(0)
        case "raise":
            raise ValueError("wrong: é")
        case "trace":
            sys.setrecursionlimit(30_000)
            recurse(event["depth"])
        case "sleep":
            print("going to sleep")
            time.sleep(event["seconds"])
        case "memory":
            eat(event["megabytes"])
        case "last words":
            sys.stdout.write("no line end")
            sys.stdout.flush()
            os._exit(1)
    return count
