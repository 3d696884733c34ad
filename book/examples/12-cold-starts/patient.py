import boto3
from botocore.config import Config

patient = Config(retries={"mode": "standard", "total_max_attempts": 5})
functions = boto3.client("lambda", config=patient)
