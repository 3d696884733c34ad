s3 = boto3.client("s3")
url = s3.generate_presigned_url(
    "put_object",
    Params={"Bucket": "videos", "Key": "raw/show.mp4"},
    ExpiresIn=900,  # seconds
)
