"""The examples of the chapter on packaging begin with a role, a folder of code, and a repository with two images."""

import boto3
from coldstart.lab import images, target

from common import role as make_role

functions, ecr = boto3.client("lambda"), boto3.client("ecr")
role = make_role("invoices-role")
made = ecr.create_repository(repositoryName="invoices")
repository = made["repository"]["repositoryUri"]
for tag, dockerfile in (("v1", "Dockerfile"), ("v2", "Dockerfile.2027")):
    images.push(
        target.find(), "03-packaging", dockerfile, f"{repository}:{tag}"
    )
