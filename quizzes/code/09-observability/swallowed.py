def handler(event, context):
    try:
        return {"paid": float(event["amount"])}
    except ValueError:
        return {"error": "no number"}
