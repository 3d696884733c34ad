"""Wants a link where /tmp is, and leads one out of it."""

import errno
import os


def attempt(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


def handler(event, _context):
    ends = {}
    if event["move"]:  # only where /tmp is its own
        ends["renamed"] = attempt(lambda: os.rename("/tmp", "/gone"))
        ends["removed"] = attempt(lambda: os.rmdir("/tmp"))
    os.symlink(event["outside"], f"{os.environ.get('TMPDIR', '/tmp')}/out")
    ends["followed"] = attempt(lambda: open(f"{os.environ.get('TMPDIR', '/tmp')}/out/planted", "w").close())
    return ends
