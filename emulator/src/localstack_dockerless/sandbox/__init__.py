"""Execution environments: where a function's processes run and what they may use."""

import os
import threading

from localstack_dockerless.sandbox.model import Box, Exit, Mount, Root, Spec

__all__ = ["Box", "Exit", "Mount", "Root", "Spec", "create", "prepare", "user"]


def create(spec: Spec) -> Box:
    """Make the execution environment that ``spec`` describes; nothing runs in it yet."""
    from localstack_dockerless.sandbox.environment import Environment

    return Environment(spec)


def prepare() -> None:
    """Find out, in the background, what this machine isolates and limits with; otherwise the first environment waits for it."""
    from localstack_dockerless.sandbox.environment import explore

    threading.Thread(target=explore, name="dockerless-prepare", daemon=True).start()


def user() -> tuple[int, int]:
    """Return the user and group that a function's processes are on this machine; files shared with them belong to these."""
    from localstack_dockerless.sandbox import bubblewrap

    try:
        drops = bubblewrap.means().drops
    except bubblewrap.Unusable:
        drops = False
    return (int(bubblewrap.USER), int(bubblewrap.GROUP)) if drops else (os.geteuid(), os.getegid())
