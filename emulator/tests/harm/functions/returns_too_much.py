"""Returns what no invocation may."""


def handler(event, _context):
    if event.get("deep"):
        return [deep(event["deep"])]
    return "r" * (event["megabytes"] << 20)


def deep(levels):
    inner = []
    for _ in range(levels):
        inner = [inner]
    return inner
