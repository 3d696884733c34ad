"""What tells that code in a developer's directory has changed."""

from __future__ import annotations

import os
from pathlib import Path

from localstack_dockerless.executor.hot_reload import fingerprint


def test_a_file_that_vanishes_while_it_is_looked_at_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "app.py").write_text("")
    before = fingerprint(tmp_path)
    (tmp_path / "app.py.tmp").write_text("")
    look = os.lstat

    def vanished(path):
        if str(path).endswith(".tmp"):
            Path(path).unlink()
        return look(path)

    monkeypatch.setattr(os, "lstat", vanished)
    assert fingerprint(tmp_path) == before
