"""Which resource an operation is about: for each service, the members of a request that name one, and its ARN.

The Service Authorization Reference: https://docs.aws.amazon.com/service-authorization/latest/reference/
A value that is an ARN already is taken as it is. What stands in no table here is "*".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

EVERYTHING = "*"
_HERE = "{region}:{account}"
_DASHBOARDS = "cloudwatch::{account}:dashboard/{value}"

MEMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    # service: the first of these members that the request has, and what stands behind "arn:aws:" of its resource.
    "lambda": {
        "FunctionName": "lambda:" + _HERE + ":function:{value}",
        "LayerName": "lambda:" + _HERE + ":layer:{value}",
        "UUID": "lambda:" + _HERE + ":event-source-mapping:{value}",
        "CodeSigningConfigArn": "{value}",
        "ResourceArn": "{value}",
        "Resource": "{value}",
        "Arn": "{value}",
    },
    "sqs": {"QueueUrl": "sqs:" + _HERE + ":{last}", "QueueName": "sqs:" + _HERE + ":{value}", "SourceArn": "{value}"},
    "sns": {
        "TopicArn": "{value}",
        "TargetArn": "{value}",
        "SubscriptionArn": "{value}",
        "ResourceArn": "{value}",
        "Name": "sns:" + _HERE + ":{value}",
    },
    "dynamodb": {
        "TableName": "dynamodb:" + _HERE + ":table/{value}",
        "TableArn": "{value}",
        "ResourceArn": "{value}",
        "StreamArn": "{value}",
        "BackupArn": "{value}",
        "GlobalTableName": "dynamodb::{account}:global-table/{value}",
    },
    "kinesis": {
        "ConsumerARN": "{value}",
        "StreamARN": "{value}",
        "ResourceARN": "{value}",
        "StreamName": "kinesis:" + _HERE + ":stream/{value}",
    },
    "iam": {
        "InstanceProfileName": "iam::{account}:instance-profile/{value}",
        "RoleName": "iam::{account}:role/{value}",
        "UserName": "iam::{account}:user/{value}",
        "GroupName": "iam::{account}:group/{value}",
        "PolicyArn": "{value}",
        "PolicySourceArn": "{value}",
        "PolicyName": "iam::{account}:policy/{value}",
        "SAMLProviderArn": "{value}",
        "OpenIDConnectProviderArn": "{value}",
    },
    "sts": {"RoleArn": "{value}", "Name": "sts::{account}:federated-user/{value}"},
    "logs": {
        "resourceArn": "{value}",
        "destinationName": "logs:" + _HERE + ":destination:{value}",
    },
    "cloudwatch": {
        "AlarmName": "cloudwatch:" + _HERE + ":alarm:{value}",
        "AlarmNames": "cloudwatch:" + _HERE + ":alarm:{value}",
        "DashboardName": _DASHBOARDS,
        "DashboardNames": _DASHBOARDS,
        "ResourceARN": "{value}",
    },
    "scheduler": {
        "Name": "scheduler:" + _HERE + ":schedule/{GroupName}/{value}",
        "ResourceArn": "{value}",
    },
    "ssm": {
        "Name": "ssm:" + _HERE + ":parameter/{bare}",
        "Names": "ssm:" + _HERE + ":parameter/{bare}",
        "Path": "ssm:" + _HERE + ":parameter/{bare}",
        "ResourceId": "ssm:" + _HERE + ":parameter/{bare}",
    },
    "ec2": {
        "InstanceId": "ec2:" + _HERE + ":instance/{value}",
        "InstanceIds": "ec2:" + _HERE + ":instance/{value}",
        "NetworkInterfaceId": "ec2:" + _HERE + ":network-interface/{value}",
        "RouteTableId": "ec2:" + _HERE + ":route-table/{value}",
        "SubnetId": "ec2:" + _HERE + ":subnet/{value}",
        "GroupId": "ec2:" + _HERE + ":security-group/{value}",
        "VpcEndpointIds": "ec2:" + _HERE + ":vpc-endpoint/{value}",
        "NatGatewayId": "ec2:" + _HERE + ":natgateway/{value}",
        "InternetGatewayId": "ec2:" + _HERE + ":internet-gateway/{value}",
        "NetworkAclId": "ec2:" + _HERE + ":network-acl/{value}",
        "VpcId": "ec2:" + _HERE + ":vpc/{value}",
        "VolumeId": "ec2:" + _HERE + ":volume/{value}",
        "Resources": "ec2:" + _HERE + ":*/{value}",
    },
    "elasticloadbalancing": {
        "RuleArn": "{value}",
        "RuleArns": "{value}",
        "ListenerArn": "{value}",
        "ListenerArns": "{value}",
        "TargetGroupArn": "{value}",
        "LoadBalancerArn": "{value}",
        "ResourceArns": "{value}",
        "Name": "elasticloadbalancing:" + _HERE + ":*/{value}/*",
    },
    "states": {
        "stateMachineArn": "{value}",
        "executionArn": "{value}",
        "activityArn": "{value}",
        "resourceArn": "{value}",
        "name": "states:" + _HERE + ":stateMachine:{value}",
    },
    "ecr": {
        "repositoryName": "ecr:" + _HERE + ":repository/{value}",
        "repositoryNames": "ecr:" + _HERE + ":repository/{value}",
        "resourceArn": "{value}",
    },
    "elasticfilesystem": {
        "AccessPointId": "elasticfilesystem:" + _HERE + ":access-point/{value}",
        "FileSystemId": "elasticfilesystem:" + _HERE + ":file-system/{value}",
        "ResourceId": "elasticfilesystem:" + _HERE + ":file-system/{value}",
    },
    "cloudformation": {
        "StackName": "cloudformation:" + _HERE + ":stack/{value}/*",
        "StackId": "{value}",
    },
}
OF_ALL: Final = frozenset(
    {
        # Operations without a resource, although their requests name one.
        ("lambda", "CreateEventSourceMapping"),
        ("lambda", "ListEventSourceMappings"),
        ("sqs", "ListQueues"),
        ("cloudwatch", "PutMetricData"),
        ("cloudwatch", "GetMetricData"),
        ("cloudwatch", "GetMetricStatistics"),
        ("ssm", "DescribeParameters"),
        ("elasticloadbalancing", "DescribeListeners"),
        ("elasticloadbalancing", "DescribeRules"),
    }
)
WHOLE: Final = {
    # What an action without a named resource is about, where that is not "*".
    ("dynamodb", "ListTables"): "dynamodb:" + _HERE + ":table/*",
    ("logs", "DescribeLogGroups"): "logs:" + _HERE + ":log-group::log-stream:",
    ("scheduler", "ListSchedules"): "scheduler:" + _HERE + ":schedule/*/*",
}


def named(service: str, operation: str, request: Mapping[str, Any], place: Mapping[str, str]) -> list[str]:
    """The ARNs of what a request names.

    Args:
        service: IAM's prefix.
        operation: as botocore calls it.
        request: its members.
        place: partition, region and account of the request.
    """
    if (service, operation) in OF_ALL or (service == "ec2" and operation.startswith("Describe")):
        return [EVERYTHING]
    for member, template in MEMBERS.get(service, {}).items():
        value = request.get(member)
        names = value if isinstance(value, list) else [value]
        if found := [_arn(template, name, request, place) for name in names if isinstance(name, str) and name]:
            return found
    whole = WHOLE.get((service, operation))
    return [f"arn:{place['partition']}:{whole.format(**place)}"] if whole else [EVERYTHING]


def _arn(template: str, value: str, request: Mapping[str, Any], place: Mapping[str, str]) -> str:
    if value.startswith("arn:"):
        return ":".join(value.split(":")[:6]) if value.startswith("arn:aws:ssm:") else value
    # The version or the label behind a parameter's name is no part of its ARN.
    text = {
        "value": value,
        "last": value.rpartition("/")[2],
        "bare": value.strip("/").replace("//", "/").partition(":")[0],
    }
    return f"arn:{place['partition']}:" + template.format_map(
        {"GroupName": request.get("GroupName") or "default", **text, **place}
    )
