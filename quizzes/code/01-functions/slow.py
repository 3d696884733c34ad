import time

calls = 0


def handler(event, context):
    global calls
    calls += 1
    time.sleep(event["seconds"])
    return calls
