"""A file of a petabyte that has nothing in it, and as many names for it as possible."""

import os
import tempfile


def handler(_event, _context):
    folder = tempfile.gettempdir()
    with open(f"{folder}/hole", "wb") as file:
        file.truncate(1 << 50)
    for number in range(70_000):
        try:
            os.link(f"{folder}/hole", f"{folder}/link{number}")
        except OSError:
            break
    return os.stat(f"{folder}/hole").st_size
