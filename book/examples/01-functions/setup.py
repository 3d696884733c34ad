"""The examples of the chapter on functions begin with a role, and with receipts.py in a ZIP archive."""

from pathlib import Path

from common import package, role

source = Path("receipts.py").read_text(encoding="utf-8")
archive = package(source, "receipts.py")
role_arn = role(
    "receipts-role",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
)
