seen = []


def handler(event, context):
    seen.append(event["order"])
    return len(seen)
