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
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("events", "list_rules", "Rules", "Name"),
)


def inventory() -> dict[str, list[str]]:
    """Return the names of everything, by kind."""
    return {f"{service} {key}": _names(service, operation, key, name) for service, operation, key, name in KINDS}


def _names(service: str, operation: str, key: str, name: str | None) -> list[str]:
    found = getattr(boto3.client(service), operation)().get(key, [])
    return sorted(item[name] if name else item for item in found)
