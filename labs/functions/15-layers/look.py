"""What a function finds under /opt, and where Python looks for modules."""

import sys
from pathlib import Path


def handler(event, context):
    found = [path for path in Path("/opt").rglob("*") if path.is_file()]
    files = [str(path) for path in found if path.suffix != ".pyc"]
    ours = [
        path for path in sys.path if path.startswith(("/opt", "/var/task"))
    ]
    return {"files": sorted(files), "sys.path": ours}
