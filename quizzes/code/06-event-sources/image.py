def handler(event, context):
    image = event["Records"][0]["dynamodb"]["NewImage"]
    return image["count"]["N"] * 2
