"""A Lambda authorizer: decides what a header says, or lets everybody in and passes on what it was asked."""

import json


def handler(event, context):
    told = event.get("headers", {}).get("x-decide")
    if told is not None:
        return json.loads(told)
    arn = event.get("routeArn") or event["methodArn"]
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    return {
        "principalId": "anybody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"event": json.dumps(event)},
    }
