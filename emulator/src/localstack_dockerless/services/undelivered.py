"""What becomes of notifications and events that a target does not take: they are counted, and kept in a dead-letter queue.

LocalStack 2026.3.0 forgets them, but for the queue of a subscription of SNS. Rules:
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from botocore.exceptions import ClientError
from localstack.aws.connect import connect_to
from localstack.utils.patch import Patch, Patches, create_patch_proxy

LOG = logging.getLogger(__name__)
CODES: Final = {
    "AccessDenied": "NO_PERMISSIONS",
    "AccessDeniedException": "NO_PERMISSIONS",
    "ResourceNotFoundException": "NO_RESOURCE",
    "TooManyRequestsException": "THROTTLING",
}
"""EventBridge's word for an error of the target."""

_topics, _targets = Patches(), Patches()


def count_notifications() -> None:
    """Count what SNS cannot deliver. Once in a server's life."""
    from localstack.services.sns import publisher

    if not _topics.patches:
        store = create_patch_proxy(publisher.store_delivery_log, _store_delivery_log)
        _topics.add(Patch(publisher, "store_delivery_log", store))
        _topics.apply()


def keep_events() -> None:
    """Count what EventBridge cannot deliver, and keep it. Once in a server's life."""
    from localstack.services.events.target import TargetSender

    if not _targets.patches:
        _targets.function(TargetSender.process_event, _process_event)
        _targets.apply()


def _store_delivery_log(original: Any, message: Any, subscriber: Any, success: bool, *args: Any, **named: Any) -> None:
    original(message, subscriber, success, *args, **named)
    if not success:
        _, _, _, region, account, topic = subscriber["TopicArn"].split(":", 5)
        _count("AWS/SNS", "NumberOfNotificationsFailed", {"TopicName": topic}, account, region)


def _process_event(original: Any, sender: Any, event: Any, *args: Any, **named: Any) -> None:
    try:
        original(sender, event, *args, **named)
    except Exception as error:
        _count("AWS/Events", "FailedInvocations", {"RuleName": sender.rule_name}, sender.account_id, sender.region)
        if queue := (sender.target.get("DeadLetterConfig") or {}).get("Arn"):
            _keep(queue, sender, event, error)
        raise


def _keep(queue: str, sender: Any, event: Any, error: Exception) -> None:
    details: Any = error.response["Error"] if isinstance(error, ClientError) else {}
    about = {
        "RULE_ARN": sender.rule_arn,
        "TARGET_ARN": sender.arn,
        "ERROR_CODE": CODES.get(details.get("Code", ""), "ERROR_FROM_TARGET"),
        "ERROR_MESSAGE": details.get("Message") or str(error) or "-",
    }
    _, _, _, region, account, name = queue.split(":", 5)
    try:
        client = connect_to(aws_access_key_id=account, region_name=region).sqs
        url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        attributes: Any = {key: {"DataType": "String", "StringValue": value} for key, value in about.items()}
        client.send_message(QueueUrl=url, MessageBody=json.dumps(event, default=str), MessageAttributes=attributes)
    except Exception:
        LOG.info("the dead-letter queue %s takes nothing", queue, exc_info=True)


def _count(namespace: str, metric: str, dimensions: dict[str, str], account: str, region: str) -> None:
    """One failure more; that it cannot be counted changes nothing for the sender."""
    named: Any = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    datum: Any = {"MetricName": metric, "Dimensions": named, "Value": 1, "Unit": "Count"}
    try:
        client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
        client.put_metric_data(Namespace=namespace, MetricData=[datum])
    except Exception:
        LOG.info("%s is not counted", metric, exc_info=True)
