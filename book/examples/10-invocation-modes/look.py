import json

import boto3

functions = boto3.client("lambda")
answer = functions.invoke(
    FunctionName="orders", Payload=json.dumps({"item": "gone"})
)
print(answer["StatusCode"], answer.get("FunctionError"))
if "FunctionError" in answer:
    print(json.load(answer["Payload"])["errorMessage"])
