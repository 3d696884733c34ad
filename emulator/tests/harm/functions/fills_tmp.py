"""Writes one file until the disk is full."""

import errno
import os
import tempfile


def handler(_event, _context):
    written = 0
    with open(os.path.join(tempfile.gettempdir(), "big"), "wb", buffering=0) as file:
        try:
            while written < 640:
                file.write(bytes(1 << 20))
                written += 1
        except OSError as error:
            return errno.errorcode[error.errno]
    return written
