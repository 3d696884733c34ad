"""What a function in a container image sees."""

import os
from pathlib import Path

TASK = Path("/var/task")


def handler(event, context):
    version = TASK / "version"
    return {
        "event": event,
        "version": version.read_text().strip() if version.exists() else "",
        "directory": str(Path.cwd()),
        "user": os.getuid(),
        "greeting": os.environ.get("GREETING"),
        "handler": os.environ["_HANDLER"],
        "writable": [place for place in ("/", "/var/task", "/opt", "/tmp") if _can_write(place)],
    }


def another(event, context):
    return "another"


def _can_write(place):
    try:
        Path(place, "new").touch()
    except OSError:
        return False
    return True
