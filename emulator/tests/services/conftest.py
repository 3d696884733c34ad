"""What the tests of services share; the functions they call are made by `deployed.py`."""

from deployed import deploy

__all__ = ["deploy"]
