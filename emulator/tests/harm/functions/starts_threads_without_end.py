"""Starts threads until it may not."""

import threading


def handler(_event, _context):
    ended = threading.Event()
    started = 0
    try:
        while started < 5000:
            threading.Thread(target=ended.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        ended.set()
        return started
    ended.wait(60)
    return started
