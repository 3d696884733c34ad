"""Version 3: the warm greeting without the mistake."""


def handler(event, context):
    name = event.get("name")
    return {"greeting": f"Welcome back, {name}!" if name else "Welcome!"}
