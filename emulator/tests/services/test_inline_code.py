"""Inline code of CloudFormation templates, on a machine without the program `zip`."""

from __future__ import annotations

import io
import zipfile

from localstack.utils import testutil
from localstack_dockerless.services.cloudformation import provider


def test_a_package_is_made_without_the_program_zip(tmp_path, monkeypatch):
    (tmp_path / "index.py").write_text("handler = print")
    provider.apply()
    monkeypatch.setattr(testutil, "is_debian", lambda: True)  # where LocalStack starts the program
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("PATH", "")
    package = zipfile.ZipFile(io.BytesIO(testutil.create_zip_file(str(tmp_path), get_content=True)))
    assert package.namelist() == ["index.py"]
