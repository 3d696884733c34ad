"""Forks, and so does every child: a few thousand, which is far beyond what an environment may have."""

import os
import time

GENERATIONS = 12


def handler(_event, _context):
    for _ in range(GENERATIONS):
        try:
            os.fork()
        except OSError:
            pass
    time.sleep(60)
