"""Writes where code is: its own, its layers', its runtime's, the machine's."""

import errno
import os

PLACES = ("/var/task", "/opt", "/var/runtime", "/var/lang", "/var/lang/bin", "/etc", "/usr/bin", "/usr/lib", "/", "/dev",
          "/dev/shm", "/proc/sys/kernel", "/mnt", "/var/rapid")  # fmt: skip


def attempt(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


def write(path):
    with open(path, "a") as file:
        file.write("#")


def handler(event, _context):
    places = event.get("places", PLACES)
    ends = {place: attempt(lambda place=place: write(f"{place}/planted-by-harm")) for place in places}
    ends["own code"] = attempt(lambda: write(__file__))
    ends["own code removed"] = attempt(lambda: os.unlink(__file__))
    return ends
