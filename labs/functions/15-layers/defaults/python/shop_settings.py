"""What every shop starts with."""

CURRENCY = "USD"
