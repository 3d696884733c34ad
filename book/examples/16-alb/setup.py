"""The examples of the chapter on load balancers begin with a shop's load balancer and a function with the alias live."""

import boto3

from common import function

SOURCE = """import json
def handler(event, context):
    return {"isBase64Encoded": False, "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(event["path"])}
"""
function("search", SOURCE)
functions = boto3.client("lambda")
functions.publish_version(FunctionName="search")
functions.create_alias(
    FunctionName="search", Name="live", FunctionVersion="1"
)
balancers, ec2 = boto3.client("elbv2"), boto3.client("ec2")
subnets = ec2.describe_subnets(
    Filters=[{"Name": "default-for-az", "Values": ["true"]}]
)["Subnets"]
shop = balancers.create_load_balancer(
    Name="shop", Subnets=[subnet["SubnetId"] for subnet in subnets[:2]]
)["LoadBalancers"][0]
balancers.create_listener(
    LoadBalancerArn=shop["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[
        {
            "Type": "fixed-response",
            "FixedResponseConfig": {"StatusCode": "200"},
        }
    ],
)
