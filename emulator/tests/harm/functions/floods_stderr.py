"""Prints as fast as it can, from eight threads, on the other stream."""

import os
import threading


def flood():
    while True:
        os.write(2, b"short\n" * 1000)


def handler(_event, _context):
    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    threads[0].join()
