"""Prices with tax, in cents. Second edition: it rounds to the nearest cent."""

TAX_PERCENT = 19


def with_tax(net):
    return (net * (100 + TAX_PERCENT) + 50) // 100
