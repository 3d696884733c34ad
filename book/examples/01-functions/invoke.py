import json

event = {"order": "A-17", "prices": [19.9, 5]}
response = functions.invoke(
    FunctionName="receipts", Payload=json.dumps(event)
)
print(response["StatusCode"], response.get("FunctionError"))
print(json.load(response["Payload"]))
