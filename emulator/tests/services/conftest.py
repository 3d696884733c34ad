"""What the tests of the services share; the functions they call are in `deployed.py` and `reaching.py`."""

from deployed import deploy
from reaching import echo, reaches, vpc

__all__ = ["deploy", "echo", "reaches", "vpc"]
