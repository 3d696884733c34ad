functions = boto3.client("lambda")
functions.update_alias(
    FunctionName="payments", Name="live", FunctionVersion="8"
)
