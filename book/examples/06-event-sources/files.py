from urllib.parse import unquote_plus


def files(event):
    """List the bucket and key of each object in an event of S3."""
    found = [record["s3"] for record in event["Records"]]
    return [
        (one["bucket"]["name"], unquote_plus(one["object"]["key"]))
        for one in found
    ]
