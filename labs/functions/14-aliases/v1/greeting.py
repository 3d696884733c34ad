"""Version 1: greets everybody."""


def handler(event, context):
    name = event.get("name", "guest")
    return {"greeting": f"Hello, {name}."}
