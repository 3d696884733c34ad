import pytest


@pytest.fixture
def facts_file(tmp_path):
    """Write a facts file and return its folder."""

    def write(text, name="some.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write
