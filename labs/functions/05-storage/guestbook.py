"""A guest book in /tmp: says who wrote into it before, and writes the guest's name below."""

import tempfile
import time
from pathlib import Path

BOOK = Path(tempfile.gettempdir(), "guestbook.txt")  # /tmp/guestbook.txt


def handler(event, context):
    before = BOOK.read_text().splitlines() if BOOK.exists() else []
    with BOOK.open("a") as book:
        book.write(event["guest"] + "\n")
    time.sleep(event.get("stays", 0))
    if event.get("stumbles"):
        raise RuntimeError(f"{event['guest']} stumbled")
    return before
