import boto3

functions = boto3.client("lambda")
functions.put_function_event_invoke_config(
    FunctionName="payments",
    MaximumRetryAttempts=1,
    MaximumEventAgeInSeconds=3600,
    DestinationConfig={
        "OnFailure": {
            "Destination": "arn:aws:sqs:us-east-1:000000000000:lost-payments"
        }
    },
)
