def handler(event, context, names=[]):
    names.append(event["name"])
    return "+".join(names)
