"""What an account holds, of everything that a lab could leave behind."""

import boto3

KINDS = (
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("lambda", "list_layers", "Layers", "LayerName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_users", "Users", "UserName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("iam", "list_policies", "Policies", "Arn"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("events", "list_rules", "Rules", "Name"),
    ("events", "list_event_buses", "EventBuses", "Name"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("dynamodb", "list_tables", "TableNames", None),
    ("kinesis", "list_streams", "StreamNames", None),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("apigateway", "get_rest_apis", "items", "id"),
    ("apigatewayv2", "get_apis", "Items", "ApiId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_addresses", "Addresses", "PublicIp"),
    ("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("cloudformation", "describe_stacks", "Stacks", "StackName"),
)


def inventory() -> dict[str, list[str]]:
    """Return the names of everything, by kind."""
    return {f"{service} {key}": _names(service, operation, key, name) for service, operation, key, name in KINDS}


def _names(service: str, operation: str, key: str, name: str | None) -> list[str]:
    options = {"Scope": "Local"} if operation == "list_policies" else {}  # not those of AWS
    found = getattr(boto3.client(service), operation)(**options).get(key, [])
    return sorted(item[name] if name else item for item in found)
