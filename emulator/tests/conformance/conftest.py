"""What the rules share; functions are made by `deployed.py`, `spies.py` and `reaching.py`, streams by `shards.py`."""

from deployed import deploy
from reaching import echo, reaches, vpc
from shards import stream, table
from spies import extended

__all__ = ["deploy", "echo", "extended", "reaches", "stream", "table", "vpc"]
