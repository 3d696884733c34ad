"""Makes small files until it may not; they take what a file system keeps for their names."""

import errno
import tempfile


def handler(_event, _context):
    folder = tempfile.gettempdir()
    for number in range(1_000_000):
        try:
            with open(f"{folder}/{number}", "w") as file:
                file.write("x")
        except OSError as error:
            return errno.errorcode[error.errno]
    return "made"
