functions.create_event_source_mapping(
    FunctionName="shipping",
    EventSourceArn="arn:aws:sqs:us-east-1:000000000000:orders",
    FunctionResponseTypes=["ReportBatchItemFailures"],
)


def handler(event, context):
    failed = []
    for message in event["Records"]:
        try:
            ship(message["body"])
        except Exception as error:
            print("failed:", message["messageId"], repr(error))
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}
