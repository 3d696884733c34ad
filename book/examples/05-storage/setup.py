"""The examples begin with the function invoices, a bucket, and a file system with a mount target in two subnets."""

import json
from pathlib import Path

import boto3

from common import function, package, role

functions, efs = boto3.client("lambda"), boto3.client("efs")
ec2, iam, s3 = boto3.client("ec2"), boto3.client("iam"), boto3.client("s3")
BUCKET = "invoices-of-a-shop"
NEEDS = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    },
}

s3.create_bucket(Bucket=BUCKET)
s3.put_object(Bucket=BUCKET, Key="brand.ttf", Body=b"glyphs")
arn = role(
    "invoices",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
)
iam.put_role_policy(
    RoleName="invoices",
    PolicyName="bucket",
    PolicyDocument=json.dumps(NEEDS),
)
function(
    "invoices",
    Role=arn,
    Handler="render.handler",
    Code={"ZipFile": package(Path("render.py").read_text(), "render.py")},
    Environment={"Variables": {"BUCKET": BUCKET}},
    MemorySize=1024,
    Timeout=60,
)
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet_a, subnet_b = (
    ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"10.0.{number}.0/24",
        AvailabilityZone=f"us-east-1{zone}",
    )["Subnet"]["SubnetId"]
    for number, zone in enumerate("ab")
)
app = ec2.create_security_group(
    GroupName="app", Description="app", VpcId=vpc
)["GroupId"]
file_system = efs.create_file_system(CreationToken="shop")["FileSystemId"]
for subnet in (subnet_a, subnet_b):
    efs.create_mount_target(FileSystemId=file_system, SubnetId=subnet)
