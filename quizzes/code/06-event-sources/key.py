from urllib.parse import unquote


def handler(event, context):
    record = event["Records"][0]["s3"]
    return unquote(record["object"]["key"])
