"""Prices with tax, in cents. First edition: it cuts off what is less than a cent."""

TAX_PERCENT = 19


def with_tax(net):
    return net * (100 + TAX_PERCENT) // 100
