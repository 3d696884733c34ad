"""What the shop in Paris needs."""

CURRENCY = "EUR"
