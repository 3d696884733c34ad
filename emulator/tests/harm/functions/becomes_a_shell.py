"""Becomes another program, which knows nothing of the Runtime API."""

import os


def handler(_event, _context):
    os.execv("/bin/sh", ["sh", "-c", "echo in the shell; exit 7"])
