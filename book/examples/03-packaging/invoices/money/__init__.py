"""Sums of money, in cents."""


def total(items):
    """Return the sum of the items' prices."""
    return sum(item["cents"] for item in items)
