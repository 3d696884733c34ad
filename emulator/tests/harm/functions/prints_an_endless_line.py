"""Prints 100 MB without a line end."""

import os


def handler(_event, _context):
    for _ in range(1600):
        os.write(1, b"y" * 65536)
    return "printed"
