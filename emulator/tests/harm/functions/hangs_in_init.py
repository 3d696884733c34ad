"""Never gets to be ready, and leaves processes while it does not."""

import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    time.sleep(600)
time.sleep(600)


def handler(_event, _context):
    return "never"
