"""What the tests of services share; functions are made by `deployed.py`."""

from deployed import deploy

__all__ = ["deploy"]
