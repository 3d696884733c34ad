"""What the tests of the services share; the functions they call are in `deployed.py`, the streams in `shards.py`."""

from deployed import deploy
from shards import stream, table

__all__ = ["deploy", "stream", "table"]
