"""A price tag, in the currency of the shop's settings."""

import subprocess

import shop_settings


def handler(event, context):
    price = f"{event['price']} {shop_settings.CURRENCY}"
    printed = subprocess.run(
        ["stamp", price], capture_output=True, text=True, check=True
    )
    return printed.stdout.strip()
