"""Fails while it is loaded, as its variables say."""

import os
import sys
import time
from pathlib import Path

how = os.environ["HOW"]
print("loading:", how, flush=True)
if how == "raise":
    raise RuntimeError("cannot load")
if how == "exit":
    sys.exit(7)
if how == "kill":
    os._exit(0)
if how == "sleep":
    time.sleep(float(os.environ["SECONDS"]))
if how == "once":
    marker = Path("/tmp/loaded")
    if not marker.exists():
        marker.touch()
        os._exit(9)


def handler(_event, _context):
    return "loaded"
