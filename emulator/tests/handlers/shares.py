"""Works with files at a path that the event names, or the environment."""

import os
from pathlib import Path


def handler(event, context):
    directory = Path(event.get("at") or os.environ["SHARED"])
    if "write" in event:
        (directory / event["write"]).write_text(event.get("text", ""))
    if "read" in event:
        return (directory / event["read"]).read_text()
    return sorted(path.name for path in directory.iterdir())
