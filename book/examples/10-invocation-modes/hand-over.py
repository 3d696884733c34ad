answer = functions.invoke(
    FunctionName="orders",
    InvocationType="Event",
    Payload=json.dumps({"item": "lamp"}),
)
print(answer["StatusCode"], answer["Payload"].read())
