"""Is deaf to all signals that can be ignored, and computes for ever."""

import contextlib
import signal


def handler(_event, _context):
    for number in signal.valid_signals():
        with contextlib.suppress(OSError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        pass
