"""Prices with tax, in cents."""


def with_tax(net):
    return (net * 119 + 50) // 100
