import base64
import json

import boto3

functions = boto3.client("lambda")
answer = functions.invoke(
    FunctionName="payments",
    Payload=json.dumps({"shop": "lyon", "amount": "12.50"}),
    LogType="Tail",  # the end of the log, in the answer
)
log = base64.b64decode(answer["LogResult"]).decode()
for line in log.splitlines():
    if "payment" in (record := json.loads(line)).get("message", ""):
        print(sorted(record))
        print(record["level"], record["shop"], record["amount"])
