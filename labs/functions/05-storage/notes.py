"""Write a note into the folder PLACE, or read what is there."""

import os
from pathlib import Path


def handler(event, context):
    place = Path(os.environ["PLACE"])
    if "write" in event:
        (place / "note").write_text(event["write"])
    note = place / "note"
    return note.read_text() if note.exists() else None
