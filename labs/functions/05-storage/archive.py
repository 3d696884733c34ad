"""Cards of an archive, one file each, in the directory that the environment variable ARCHIVE names."""

import fcntl
import os
import time
from pathlib import Path

ARCHIVE = Path(os.environ["ARCHIVE"])


def handler(event, context):
    if "card" in event:
        (ARCHIVE / event["card"]).write_text(event["text"])
    if "read" in event:
        return (ARCHIVE / event["read"]).read_text()
    if "stamp" in event:
        return next_number(event["stamp"])
    return sorted(path.name for path in ARCHIVE.iterdir())


def next_number(how):
    """Take the next number from a file, with or without a lock on it."""
    numbers = ARCHIVE / f"{how}-numbers"
    numbers.touch()
    with numbers.open("r+") as file:
        if how == "locked":
            fcntl.lockf(file, fcntl.LOCK_EX)  # until the file is closed
        number = int(file.read() or 0) + 1
        time.sleep(0.3)  # somebody looks for the rubber stamp
        file.seek(0)
        file.write(str(number))
    return number
