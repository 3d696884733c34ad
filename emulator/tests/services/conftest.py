"""What the tests of the services share; functions are in `deployed.py` and `reaching.py`, streams in `shards.py`."""

from deployed import deploy
from reaching import echo, reaches, vpc
from shards import stream, table

__all__ = ["deploy", "echo", "reaches", "stream", "table", "vpc"]
