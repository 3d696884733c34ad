def handler(event, context):
    wanted = event["queryStringParameters"].get("colour", "any")
    return {"statusCode": 200, "body": f"<p>{wanted}</p>"}
