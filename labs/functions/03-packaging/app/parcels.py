"""Price a parcel. It needs two things beside itself: a package and a file."""

import json
import os
from pathlib import Path

from tariff import price

HERE = Path(__file__).parent
RATES = json.loads((HERE / "rates.json").read_text())


def handler(event, context):
    """Return the price of a parcel, and what the code sees around it."""
    return {
        "price": price(event["kg"], RATES),
        "started_as": os.environ["_HANDLER"],
        "code_is_at": str(HERE),
    }


def may_write(event, context):
    """Try to write beside the code, and in /tmp."""
    found = {}
    for folder in (HERE, Path("/tmp")):
        try:
            (folder / "note.txt").write_text("written")
            found[str(folder)] = "written"
        except OSError as error:
            found[str(folder)] = error.strerror
    return found
