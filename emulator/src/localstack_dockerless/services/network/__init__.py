"""What functions reach: each execution environment's own endpoint of AWS, its names, and places in VPCs and on the internet.

`surroundings` puts these into the network of every environment, `gate` looks at each request to AWS and `hosts` keeps
places that people serve; `decisions` asks `reachability` about snapshots of EC2 (`snapshot`).
"""

from __future__ import annotations


def apply() -> None:
    """Put them into every network; once in a server's life, before the first function exists."""
    from localstack_dockerless.executor.executor import ProcessExecutor
    from localstack_dockerless.services.network.surroundings import SURROUNDINGS

    ProcessExecutor.surroundings = SURROUNDINGS
