"""The tariff of the shop: a package, as a library would be."""


def price(kg, rates):
    """Return what a parcel of this weight costs, in euros."""
    return rates["base"] + rates["per_kg"] * kg
