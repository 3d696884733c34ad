"""What the rules share; the functions they call are made by `deployed.py` and `spies.py`, the streams by `shards.py`."""

from deployed import deploy
from shards import stream, table
from spies import extended

__all__ = ["deploy", "extended", "stream", "table"]
