"""Holds as many megabytes in memory as the event asks for."""


def handler(event, context):
    held = b"x" * (event["work"] * 1024 * 1024)
    return {"held_mb": len(held) // (1024 * 1024)}
