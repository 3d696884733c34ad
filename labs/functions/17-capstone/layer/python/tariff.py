"""What parcels cost: one place for every function that has to know."""

STEPS = ((500, 290), (2_000, 490), (5_000, 690))


def price(grams):
    """Return the price in cents; heavier parcels are not taken."""
    for limit, cents in STEPS:
        if grams <= limit:
            return cents
    raise ValueError(f"{grams} g is too heavy")
