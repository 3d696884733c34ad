"""What the rules share; the functions they call are made by `deployed.py` and `spies.py`."""

from deployed import deploy
from spies import extended

__all__ = ["deploy", "extended"]
