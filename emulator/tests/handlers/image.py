"""What a function in a container image sees."""

import os


def handler(event, context):
    return {
        "event": event,
        "version": open("/var/task/version").read().strip() if os.path.exists("/var/task/version") else "",
        "directory": os.getcwd(),
        "user": os.getuid(),
        "greeting": os.environ.get("GREETING"),
        "handler": os.environ["_HANDLER"],
        "files": sorted(os.listdir("/var/task")),
        "writable": [place for place in ("/", "/var/task", "/opt", "/tmp") if _can_write(place)],
    }


def another(event, context):
    return "another"


def _can_write(place):
    try:
        with open(f"{place}/new", "w"):
            return True
    except OSError:
        return False
