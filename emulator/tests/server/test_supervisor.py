"""A machine that forbids user namespaces costs the server its mounts, not its life."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from localstack_dockerless.server import supervisor


@pytest.mark.parametrize("refused", ["setgroups", "uid_map"])
def test_a_user_namespace_that_may_not_be_mapped_is_not_entered(monkeypatch, refused):
    write, before = Path.write_text, Path("/proc/self/ns/user").stat().st_ino

    def refuse(path, text):
        if path.name == refused:
            raise PermissionError(path)
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    assert supervisor._own_mounts() is False
    assert Path("/proc/self/ns/user").stat().st_ino == before
