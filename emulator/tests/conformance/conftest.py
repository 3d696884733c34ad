"""What the rules share; the functions they call are made by `deployed.py`, `spies.py` and `reaching.py`."""

from deployed import deploy
from reaching import echo, reaches, vpc
from spies import extended

__all__ = ["deploy", "echo", "extended", "reaches", "vpc"]
