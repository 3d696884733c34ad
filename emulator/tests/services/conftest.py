"""What the tests of the services share; the functions they call are in `deployed.py`."""

from deployed import deploy

__all__ = ["deploy"]
