"""Draws an invoice in the font of the brand and puts it into a bucket."""

import os
import tempfile
from pathlib import Path

import boto3

s3 = boto3.client("s3")
FONT = Path(tempfile.gettempdir(), "brand.ttf")


def draw(invoice, font):
    return f"{invoice['number']} in {font.read_text()}".encode()


# --8<-- [start:scratch]
def handler(event, context):
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "invoice.pdf")
        page.write_bytes(draw(event, font()))
        key = f"invoices/{event['number']}.pdf"
        s3.upload_file(str(page), os.environ["BUCKET"], key)
    return key
    # --8<-- [end:scratch]


# --8<-- [start:cache]
def font():
    """Fetch the font, unless this environment has it already."""
    if not FONT.exists():
        part = FONT.with_suffix(".part")
        s3.download_file(os.environ["BUCKET"], "brand.ttf", str(part))
        part.rename(FONT)  # all of it is there, or none
    return FONT
    # --8<-- [end:cache]
