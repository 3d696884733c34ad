import json

import boto3

functions = boto3.client("lambda")
arn = "arn:aws:lambda:us-east-1:000000000000:function:invoices"
found = functions.get_resource_policy(ResourceArn=arn)
document = json.loads(found["Policy"])
document["Statement"].append(
    {
        "Sid": "stolen",
        "Effect": "Deny",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "lambda:InvokeFunction",
        "Resource": arn,
    }
)
functions.put_resource_policy(
    ResourceArn=arn,
    Policy=json.dumps(document),
    RevisionId=found["RevisionId"],
)
