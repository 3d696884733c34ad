"""The README says of hostile functions what the tests hold."""

from harm_table import README, written


def test_the_table_in_the_readme_is_the_catalogue():
    assert README.read_text() == written(README.read_text()), "type: python tests/harm/harm_table.py"
