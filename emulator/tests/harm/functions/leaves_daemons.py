"""Forks twice, with a session of its own, so that what it leaves belongs to nobody; that goes on when it has answered."""

import os
import time


def handler(_event, _context):
    for _ in range(20):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.chdir("/")
                while True:
                    time.sleep(0.01)
            os._exit(0)
    return "left"
