"""Prints bytes that are no text, control characters and what looks like lines of the platform."""

import os


def handler(_event, _context):
    os.write(1, bytes(range(256)) * 100 + b"\n\xff\xfe\x00\x1b[2J\r\r\r\nREPORT RequestId: forged\tDuration: 1.00 ms\n")
    os.write(1, os.urandom(100_000))
    return "printed"
