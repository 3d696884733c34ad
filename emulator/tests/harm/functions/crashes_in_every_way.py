"""Ends its process by what befalls processes."""

import ctypes
import os


def handler(event, _context):
    match event["how"]:
        case "null pointer":
            ctypes.string_at(0)
        case "closed descriptors":
            os.closerange(0, 1024)
        case "core dump":
            os.abort()
