"""A process that nobody knows and that is another one every few milliseconds: it forks, and the parent ends."""

import os
import signal
import time


def handler(_event, _context):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for _ in range(2000):
            if os.fork():
                os._exit(0)
            time.sleep(0.005)
        os._exit(0)
    return "left"
