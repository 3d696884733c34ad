"""What the rules share; the functions they call are made by `deployed.py`."""

from deployed import deploy

__all__ = ["deploy"]
