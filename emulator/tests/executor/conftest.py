"""What the tests of the executor share; the functions they call are in `deployed.py`."""

from deployed import deploy

__all__ = ["deploy"]
