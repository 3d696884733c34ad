"""Version 2: a warmer greeting, and a mistake in it."""


def handler(event, context):
    name = event["name"]
    return {"greeting": f"Welcome back, {name}!"}
