"""Takes all it can get of what the environment shares with the machine."""

import os
import socket


def handler(event, _context):
    match event.get("how"):
        case "descriptors":
            taken = []
            try:
                while True:
                    taken.append(socket.socket())
            except OSError:
                return len(taken)
        case "processes":
            count = 0
            try:
                while count < 5000:
                    if os.fork() == 0:
                        os.pause() if hasattr(os, "pause") else __import__("signal").pause()
                    count += 1
            except OSError:
                pass
            return count
    return "fine"
