import boto3

functions = boto3.client("lambda")
functions.create_function(
    FunctionName="receipts",
    Code={"ZipFile": archive},
    Role=role_arn,
    Runtime="python3.13",
    Handler="receipts.handler",
    Timeout=10,
    Environment={"Variables": {"CURRENCY": "CHF"}},
)
functions.get_waiter("function_active_v2").wait(FunctionName="receipts")
