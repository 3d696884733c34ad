seen = set()


def handler(event, context):
    if event["id"] in seen:
        return "known"
    seen.add(event["id"])
    return "charged " + str(int(event["cents"]))
