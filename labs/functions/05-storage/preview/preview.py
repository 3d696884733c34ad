"""Makes a small preview of a large scan, with the helper that stands in work.py."""

import shutil
import tempfile

from scans import shrink, unpack
from work import make_preview


def handler(event, context):
    made = None
    if "slide" in event:
        made = make_preview(event["slide"], unpack, shrink)
    room = shutil.disk_usage(tempfile.gettempdir())
    return {
        "preview": made,
        "size": room.total // 2**20,
        "free": room.free // 2**20,
    }
