import json

sqs = boto3.client("sqs")
orders = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
policy = {
    "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:orders-poison",
    "maxReceiveCount": 5,
}
sqs.set_queue_attributes(
    QueueUrl=orders, Attributes={"RedrivePolicy": json.dumps(policy)}
)
