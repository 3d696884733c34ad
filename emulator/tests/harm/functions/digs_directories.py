"""Directories in directories, deeper than any path can say and than a recursion should go."""

import os
import tempfile


def handler(_event, _context):
    os.chdir(tempfile.gettempdir())
    for depth in range(3000):
        try:
            os.mkdir("d")
            os.chdir("d")
        except OSError:
            return depth
    open("bottom", "w").close()
    os.chmod(".", 0)
    return 3000
