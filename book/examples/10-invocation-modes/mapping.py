functions.create_event_source_mapping(
    FunctionName="orders", EventSourceArn=queue_arn, BatchSize=10
)
