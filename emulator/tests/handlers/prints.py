"""Prints in every way."""

import os
import sys
import threading
import time


def flood(megabytes):
    line = b"x" * 1023 + b"\n"
    for _ in range(megabytes * 1024):
        os.write(1, line)


def for_ever():
    while True:
        os.write(1, b"and on and on\n")


def handler(event, _context):
    if "megabytes" in event:
        flood(event["megabytes"])
    if "lines" in event:
        print("\n".join(f"line {number}" for number in range(event["lines"])))
    if "raw" in event:
        sys.stdout.buffer.write(event["raw"].encode("latin-1"))
        sys.stdout.flush()
    if "background" in event:
        threading.Thread(target=for_ever, daemon=True).start()
        time.sleep(0.05)
    return "done"
