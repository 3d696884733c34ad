"""The part of the work that a learner writes anew."""

import tempfile
from pathlib import Path


def make_preview(slide, unpack, shrink):
    scan = Path(tempfile.gettempdir(), f"{slide['name']}.tif")
    unpack(slide, scan)
    return shrink(slide, scan)
