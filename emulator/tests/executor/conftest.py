"""What the tests of the executor share; the functions they call are in `deployed.py` and `spies.py`."""

from deployed import deploy
from spies import extended

__all__ = ["deploy", "extended"]
